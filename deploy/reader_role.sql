-- The role that the readers' process connects as: it can read the public record and add to the counts of views, with
-- the keys by which a network counts once, and nothing else. No mistake in a page can show a draft, because this role
-- cannot read the row.
--
--   runuser -u postgres -- psql -d newsroom -v ON_ERROR_STOP=1 -f /opt/newsroom/deploy/reader_role.sql
--
-- On the same machine PostgreSQL knows the user newsroom_reader by its name; on another, `\password newsroom_reader`.
-- It is safe to run twice. Run it after `manage.py migrate`, and again after an upgrade that brings a new public table:
-- readers cannot see a table that is not granted here.

DO $$
DECLARE
  owner_name text;
  routine regprocedure;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'newsroom_reader') THEN
    CREATE ROLE newsroom_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
  END IF;
  SELECT pg_get_userbyid(datdba) INTO owner_name FROM pg_database WHERE datname = current_database();
  EXECUTE format('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  EXECUTE format('GRANT ALL ON SCHEMA public TO %I', owner_name);
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), owner_name);

  -- What any role may do that takes room or time without touching a table: large objects, settings changed from within
  -- a SELECT (its own time-out among them), locks of no row, messages, programs. Only the owner keeps them.
  FOR routine IN
    SELECT oid FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace
      AND (proname ~ '^(lo_|pg_(try_)?advisory_)'
           OR proname IN ('loread', 'lowrite', 'set_config', 'pg_notify', 'pg_logical_emit_message'))
      AND has_function_privilege('public', oid, 'EXECUTE')
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', routine);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', routine, owner_name);
  END LOOP;
  REVOKE UPDATE ON pg_settings FROM PUBLIC;
  REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
  EXECUTE format('GRANT USAGE ON LANGUAGE plpgsql TO %I', owner_name);

  -- PostgreSQL lets every role SET its own time-outs, so the desk's clock ends what has run for too long all the same
  -- (newsroom/clock/overlong.py). For that the owner is a member of the role.
  EXECUTE format('GRANT newsroom_reader TO %I', owner_name);
END
$$;

GRANT USAGE ON SCHEMA public TO newsroom_reader;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM newsroom_reader;

GRANT SELECT ON
  articles_article,
  articles_article_images,
  articles_article_topics,
  articles_author,
  articles_byline,
  articles_correction,
  articles_crosslink,
  articles_daysalt,
  articles_formeraddress,
  articles_image,
  articles_imagecredit,
  articles_listing,
  articles_page,
  articles_section,
  articles_topic,
  articles_topread,
  articles_viewcount,
  articles_viewkey,
  articles_withdrawal
TO newsroom_reader;

GRANT INSERT, UPDATE ON articles_viewcount TO newsroom_reader;
GRANT INSERT ON articles_viewkey, articles_daysalt TO newsroom_reader;

ALTER ROLE newsroom_reader SET statement_timeout = '5s';
ALTER ROLE newsroom_reader SET idle_in_transaction_session_timeout = '10s';
-- as Django wants it, which otherwise asks for it by set_config
ALTER ROLE newsroom_reader SET timezone = 'UTC';
ALTER ROLE newsroom_reader CONNECTION LIMIT 40;
