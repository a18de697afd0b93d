"""How much articles are read: hourly counts, and the ranking made from them. Nothing here identifies a reader.

That a network counts once an hour takes keys, which are hashes, and a secret for each day: `articles.readership`.
"""

from django.db import models

from .article import Article


class ViewCount(models.Model):
    """Views of one article in one hour (UTC). It has no foreign key, as a count may arrive after a withdrawal."""

    article_id = models.BigIntegerField()
    hour = models.DateTimeField()
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article_id", "hour"], name="viewcount_once")]
        indexes = [
            # the clock's sum over the last hours: articles.readership.refresh_top_reads()
            models.Index(fields=["hour"], name="viewcount_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.hour:%Y-%m-%d %H h}: {self.views}"


class ViewKey(models.Model):
    """That one network was counted for one article in one hour (UTC). Kept for two hours."""

    key = models.CharField(primary_key=True, max_length=32)
    hour = models.DateTimeField()

    class Meta:
        indexes = [
            # the keys whose hour is over: articles.readership.forget_readers()
            models.Index(fields=["hour"], name="viewkey_hour"),
        ]

    def __str__(self) -> str:
        return self.key


class DaySalt(models.Model):
    """The secret of one day (UTC), without which the keys of its views say nothing. It goes with the day."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.day)


class TopRead(models.Model):
    """« Les plus lus », as the clock last counted them."""

    rank = models.PositiveSmallIntegerField(primary_key=True)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    views = models.PositiveIntegerField()

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return f"{self.rank}: {self.article_id}"
