"""Shipments given to a carrier: milestones, what goes wrong, proof of the hand-over."""

import django.db.models.deletion
import heliu.kernel.ids
from django.db import migrations, models

from heliu.kernel.access.row_policies import police

PARTIES = ("carrier", "sender", "warehouse", "owner", "lender")
RULE = " or ".join(f'"{one}" = any ((select heliu_orgs())::uuid[])' for one in PARTIES)
BEFORE = " or ".join(f'"{one}" = any ((select heliu_orgs())::uuid[])' for one in PARTIES[1:])
# A carriage goes where its shipment goes: pledged goods to the supervised warehouse alone.
LOCK = """
alter table transport_carriage add constraint carriage_goes_where_its_shipment_goes
    foreign key (shipment_id, warehouse) references transport_shipment (id, warehouse)
"""


class Migration(migrations.Migration):
    reviewed = "Before the first release: there is no old code, and no table is large."
    dependencies = [
        ('transport', '0002_policies'), ('access', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Carriage',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True)),
                ('status', models.CharField(choices=[('TO_PICK_UP', 'To pick up'), ('PICKED_UP', 'Picked up'), ('DEPARTED', 'Departed'), ('AT_HUB', 'At a hub'), ('OUT', 'Out for delivery'), ('DELIVERED', 'Delivered')], default='TO_PICK_UP', max_length=10)),
                ('carrier', models.UUIDField()),
                ('sender', models.UUIDField()),
                ('warehouse', models.UUIDField()),
                ('owner', models.UUIDField()),
                ('lender', models.UUIDField(blank=True, null=True)),
                ('waybill', models.JSONField()),
                ('pieces', models.BigIntegerField()),
                ('open_exceptions', models.PositiveSmallIntegerField(default=0)),
                ('given_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
                ('delivered_at', models.DateTimeField(blank=True, null=True)),
                ('receiver_name', models.CharField(blank=True, max_length=80)),
                ('proof', models.UUIDField(blank=True, null=True)),
                ('is_counted', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='CarriageException',
            fields=[
                ('id', models.UUIDField(default=heliu.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('LATE', 'Late'), ('DAMAGED', 'Damaged'), ('SHORT', 'Pieces missing'), ('REFUSED', 'Not accepted'), ('NOBODY', 'Nobody there'), ('SEAL', 'Seal broken'), ('BREAKDOWN', 'Breakdown'), ('OTHER', 'Something else')], max_length=9)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField()),
                ('actor_name', models.CharField(max_length=80)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('settled_by_name', models.CharField(blank=True, max_length=80)),
                ('carrier', models.UUIDField()),
                ('sender', models.UUIDField()),
                ('warehouse', models.UUIDField()),
                ('owner', models.UUIDField()),
                ('lender', models.UUIDField(blank=True, null=True)),
            ],
            options={
                'ordering': ['at', 'id'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='milestone',
            name='milestone_kind_known',
        ),
        migrations.AddField(
            model_name='milestone',
            name='carrier',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='milestone',
            name='kind',
            field=models.CharField(choices=[('PICKED_UP', 'Picked up'), ('DEPARTED', 'Departed'), ('AT_HUB', 'At a hub'), ('OUT', 'Out for delivery'), ('ARRIVED', 'Arrived'), ('DELIVERED', 'Delivered')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='milestone',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['PICKED_UP', 'DEPARTED', 'AT_HUB', 'OUT', 'ARRIVED', 'DELIVERED'])), name='milestone_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='shipment',
            constraint=models.UniqueConstraint(fields=('id', 'warehouse'), name='shipment_and_its_warehouse'),
        ),
        migrations.AddField(
            model_name='carriage',
            name='shipment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='carriage', to='transport.shipment'),
        ),
        migrations.AddField(
            model_name='carriageexception',
            name='carriage',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exceptions', to='transport.carriage'),
        ),
        migrations.AddIndex(
            model_name='carriage',
            index=models.Index(fields=['carrier', 'status', '-moved_at'], name='carriage_of_carrier'),
        ),
        migrations.AddConstraint(
            model_name='carriage',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['TO_PICK_UP', 'PICKED_UP', 'DEPARTED', 'AT_HUB', 'OUT', 'DELIVERED'])), name='carriage_status_known'),
        ),
        migrations.AddConstraint(
            model_name='carriage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('delivered_at__isnull', False), ('status', 'DELIVERED')), models.Q(models.Q(('status', 'DELIVERED'), _negated=True), ('delivered_at', None)), _connector='OR'), name='carriage_delivered_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='carriage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'DELIVERED'), _negated=True), ('is_counted', True), models.Q(models.Q(('receiver_name', ''), _negated=True), ('proof__isnull', False)), _connector='OR'), name='carriage_delivery_is_proved'),
        ),
        migrations.AddConstraint(
            model_name='carriage',
            constraint=models.CheckConstraint(condition=models.Q(('pieces__gt', 0)), name='carriage_carries_goods'),
        ),
        migrations.AddConstraint(
            model_name='carriageexception',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['LATE', 'DAMAGED', 'SHORT', 'REFUSED', 'NOBODY', 'SEAL', 'BREAKDOWN', 'OTHER'])), name='carriage_exception_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='carriageexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'OTHER'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='carriage_exception_says_what'),
        ),
        migrations.AddConstraint(
            model_name='carriageexception',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_by_name', '')), models.Q(('settled_at__gte', models.F('at')), models.Q(('settled_by_name', ''), _negated=True)), _connector='OR'), name='carriage_exception_settled_by_somebody'),
        ),
        migrations.RunSQL(
            LOCK,
            "alter table transport_carriage"
            " drop constraint carriage_goes_where_its_shipment_goes",
        ),
        police("transport_carriage", *PARTIES),
        police("transport_carriageexception", *PARTIES),
        migrations.RunSQL(
            f"alter policy own on transport_milestone using ({RULE}) with check ({RULE})",
            f"alter policy own on transport_milestone using ({BEFORE}) with check ({BEFORE})",
        ),
    ]
