from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsroom', '0010_story_key'),
    ]

    operations = [
        migrations.AddField(
            model_name='sharelink',
            name='pictures',
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
