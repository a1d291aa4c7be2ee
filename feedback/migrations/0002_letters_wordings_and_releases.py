import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0001_initial'),
        ('organizations', '0003_logo_of_an_organization'),
        ('surveys', '0002_frozen'),
    ]

    operations = [
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=10)),
                ('subject', models.CharField(max_length=150)),
                ('text', models.TextField()),
                ('answers_to', models.EmailField(max_length=254)),
                ('thread', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.member')),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='letter', to='feedback.message')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.organization')),
                ('response', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='feedback.response')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('subject', ''), _negated=True), models.Q(('text', ''), _negated=True)), name='letter_says_something')],
            },
        ),
        migrations.CreateModel(
            name='MailWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('invitation', 'invitation'), ('reminder', 'reminder')], max_length=12)),
                ('language', models.CharField(max_length=10)),
                ('subject', models.CharField(blank=True, max_length=150)),
                ('greeting', models.CharField(blank=True, max_length=120)),
                ('opening', models.TextField(blank=True)),
                ('closing', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.member')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.organization')),
                ('touchpoint', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='surveys.touchpoint')),
            ],
            options={
                'indexes': [models.Index(fields=['touchpoint', 'purpose', 'language', '-id'], name='wording_newest_first')],
                'constraints': [models.CheckConstraint(condition=models.Q(('purpose__in', ['invitation', 'reminder'])), name='wording_is_of_a_mail_that_asks')],
            },
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address_key', models.CharField(max_length=64)),
                ('reason', models.CharField(choices=[('opted_out', 'opted out'), ('bounced', 'the address does not exist'), ('complained', 'reported as spam')], max_length=12)),
                ('since', models.DateTimeField()),
                ('why', models.CharField(max_length=300, verbose_name='reason')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organizations.member')),
                ('organization', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organizations.organization')),
            ],
            options={
                'indexes': [models.Index(fields=['organization', 'address_key', '-at'], name='release_by_address')],
                'constraints': [models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='release_has_a_reason')],
            },
        ),
    ]
