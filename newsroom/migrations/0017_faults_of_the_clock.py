"""What the clock could not do, to be tried again; and an index by which each kind of dispatch is found alone."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("newsroom", "0016_the_door"),
    ]

    operations = [
        migrations.CreateModel(
            name='Fault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('job', models.CharField(max_length=20)),
                ('ref', models.BigIntegerField(default=0, help_text='The number of the row that the job is for.')),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('failure', models.CharField(max_length=300, verbose_name='failure')),
                ('first_at', models.DateTimeField()),
                ('next_try', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'fault of the clock',
                'verbose_name_plural': 'faults of the clock',
                'ordering': ['next_try', 'pk'],
            },
        ),
        migrations.AddIndex(
            model_name='dispatch',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['kind', 'due_at'], name='dispatch_waiting'),
        ),
        migrations.AddIndex(
            model_name='fault',
            index=models.Index(fields=['job', 'next_try'], name='fault_due'),
        ),
        migrations.AddConstraint(
            model_name='fault',
            constraint=models.UniqueConstraint(fields=('job', 'ref'), name='fault_once'),
        ),
        migrations.RemoveIndex(
            model_name='dispatch',
            name='dispatch_due',
        ),
    ]
