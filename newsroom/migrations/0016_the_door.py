"""Two tables for the desk’s door: the gates that slow wrong passwords, and who came in or was turned away."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("newsroom", "0015_help_texts_are_sentences"),
    ]

    operations = [
        migrations.CreateModel(
            name='Gate',
            fields=[
                ('key', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('tries', models.PositiveIntegerField(default=0, help_text='Wrong tries since the gate was quiet for an hour.')),
                ('tried_at', models.DateTimeField()),
                ('opens_at', models.DateTimeField(help_text='No try passes before.')),
            ],
            options={
                'verbose_name': 'gate of the door',
                'verbose_name_plural': 'gates of the door',
                'indexes': [models.Index(fields=['tried_at'], name='gate_tried')],
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.BigIntegerField(help_text='The number of the login. 0 for a name that nobody has.')),
                ('network', models.CharField(blank=True, max_length=50)),
                ('day', models.DateField()),
                ('refused', models.PositiveIntegerField(default=0)),
                ('admitted', models.PositiveIntegerField(default=0)),
                ('unseen', models.PositiveIntegerField(default=0, help_text='Refused since the person signed in for the last time.')),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'sign-in',
                'verbose_name_plural': 'sign-ins',
                'ordering': ['-last_at'],
                'indexes': [models.Index(condition=models.Q(('admitted__gt', 0)), fields=['network'], name='signin_office'), models.Index(fields=['day'], name='signin_day')],
                'constraints': [models.UniqueConstraint(fields=('account', 'network', 'day'), name='signin_once')],
            },
        ),
    ]
