"""The web role puts jobs into the queue through one function and sees nothing of the queue."""

from django.db import migrations

TABLES = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
DEFER = "procrastinate_defer_jobs_v1(procrastinate_job_to_defer_v1[])"
SEQUENCES = "procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq"


class Migration(migrations.Migration):
    dependencies = [("procrastinate", "0041_post_retry_failed_job"), ("access", "0001_initial")]
    operations = [
        migrations.RunSQL(
            [
                f"revoke all on {', '.join(TABLES)} from heliu_web",
                # Runs as the owner; the triggers it sets off run inside it.
                f"alter function {DEFER} security definer set search_path = public, pg_temp",
                f"revoke execute on function {DEFER} from public",
                f"grant execute on function {DEFER} to heliu_web, heliu_worker",
            ],
            [
                f"grant select, insert, update, delete on {', '.join(TABLES)} to heliu_web",
                f"alter function {DEFER} security invoker reset search_path",
                f"grant execute on function {DEFER} to public",
            ],
        ),
        migrations.RunSQL(
            f"revoke all on sequence {SEQUENCES} from heliu_web",
            f"grant usage, select on sequence {SEQUENCES} to heliu_web",
        ),
    ]
