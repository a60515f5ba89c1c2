"""Goods that were replaced may be given back again: those of before too."""

from django.db import migrations

AGAIN = """update returns_givenback g set taken = g.taken - x.replaced
  from (select l.order_line, sum(l.accepted) as replaced from returns_returnline l
          join returns_return r on r.id = l.of_id
         where r.remedy = 'REPLACEMENT' and r.status = 'SETTLED' group by 1) x
 where g.order_line = x.order_line"""


class Migration(migrations.Migration):
    dependencies = [("returns", "0002_policies")]
    operations = [migrations.RunSQL(AGAIN, migrations.RunSQL.noop)]
