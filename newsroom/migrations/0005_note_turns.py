import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsroom', '0004_plan_changes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoteTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('settles', models.BooleanField(verbose_name='settles it')),
                ('at', models.DateTimeField(verbose_name='date')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='newsroom.note')),
            ],
            options={
                'verbose_name': 'turn of a note',
                'verbose_name_plural': 'turns of a note',
                'ordering': ['at', 'pk'],
            },
        ),
    ]
