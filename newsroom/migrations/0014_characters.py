"""Signs are called characters in the code. Their columns keep their names: no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsroom', '0013_signs_of_what_was_written'),
    ]

    operations = [
        migrations.AlterField(
            model_name='story',
            name='signs',
            field=models.PositiveIntegerField(db_column='signs', db_default=0, default=0, editable=False, help_text='Of the body, spaces included.', verbose_name='signs'),
        ),
        migrations.AlterField(
            model_name='story',
            name='signs_ordered',
            field=models.PositiveIntegerField(db_column='signs_ordered', editable=False, null=True, verbose_name='length ordered, in signs'),
        ),
        migrations.RenameField(
            model_name='story',
            old_name='signs',
            new_name='characters',
        ),
        migrations.RenameField(
            model_name='story',
            old_name='signs_ordered',
            new_name='characters_ordered',
        ),
    ]
