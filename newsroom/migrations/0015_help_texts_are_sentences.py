"""The help texts of eight fields are sentences. No table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsroom', '0014_characters'),
    ]

    operations = [
        migrations.AlterField(
            model_name='autosave',
            name='page',
            field=models.CharField(help_text='A random name: it tells one page of one browser from all others.', max_length=36),
        ),
        migrations.AlterField(
            model_name='dispatch',
            name='key',
            field=models.CharField(help_text='An event queued twice is delivered once.', max_length=200, unique=True),
        ),
        migrations.AlterField(
            model_name='note',
            name='key',
            field=models.UUIDField(editable=False, help_text='The key of the form: a form sent twice writes one note.', null=True, unique=True),
        ),
        migrations.AlterField(
            model_name='note',
            name='passage',
            field=models.CharField(blank=True, db_default='', help_text='The note is about these words, as they stood in the text.', max_length=300, verbose_name='passage'),
        ),
        migrations.AlterField(
            model_name='presence',
            name='field',
            field=models.CharField(blank=True, help_text='The field that is being written; empty while one reads.', max_length=40),
        ),
        migrations.AlterField(
            model_name='presence',
            name='page',
            field=models.CharField(help_text='A random name: it tells one page of one browser from all others.', max_length=36),
        ),
        migrations.AlterField(
            model_name='savedpage',
            name='page',
            field=models.CharField(help_text='A random name: it tells one page of one browser from all others.', max_length=36),
        ),
        migrations.AlterField(
            model_name='story',
            name='key',
            field=models.UUIDField(editable=False, help_text='The key of the form: a form sent twice starts one story.', null=True, unique=True),
        ),
    ]
