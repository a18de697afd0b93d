"""A network counts once an hour for an article: the keys that tell so, and the secret of the day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("articles", "0003_plain_links"),
    ]

    operations = [
        migrations.CreateModel(
            name='DaySalt',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('salt', models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='ViewKey',
            fields=[
                ('key', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('hour', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['hour'], name='viewkey_hour')],
            },
        ),
    ]
