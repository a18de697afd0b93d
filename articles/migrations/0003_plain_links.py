"""A mark on the links that stand in a text alone. Those of what was published before come with 0006."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0002_newsroom_at_work'),
    ]

    operations = [
        migrations.AddField(
            model_name='crosslink',
            name='is_plain',
            field=models.BooleanField(db_default=False, default=False, help_text='A link in the text alone.'),
        ),
    ]
