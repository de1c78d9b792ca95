"""The ledger is appended to and never changed: PostgreSQL itself refuses it.

Row triggers do not fire for TRUNCATE, by which tests and `make reset` empty a whole database.
"""

from django.db import migrations

REFUSE = """
create function generation_ledger_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'The ledger is appended to and never changed (% refused).', lower(tg_op)
        using errcode = 'restrict_violation';
end
$$;
create trigger ledger_append_only before update or delete on generation_ledgerentry
    for each row execute function generation_ledger_is_append_only();
"""
ALLOW = """
drop trigger ledger_append_only on generation_ledgerentry;
drop function generation_ledger_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("generation", "0003_money")]

    operations = [migrations.RunSQL(sql=REFUSE, reverse_sql=ALLOW)]
