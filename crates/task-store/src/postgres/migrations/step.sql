-- A step of the schema as one statement, whole or not at all. The words in braces are put in by the
-- program: the version that the step leads to, and what it does.
DO $migration$
BEGIN
  -- One at a time in each database, whoever they are. The number is a name that nobody else uses.
  PERFORM pg_advisory_xact_lock(7305802231468172147);

  -- Asked of the catalog's rows, which are of this moment; what a connection remembers of them may
  -- be older than the lock. The schema may be there already, made for a role that may make none.
  IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'taskmaster') THEN
    CREATE SCHEMA taskmaster;
  END IF;
  IF NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_tables
    WHERE schemaname = 'taskmaster' AND tablename = 'schema_version'
  ) THEN
    CREATE TABLE taskmaster.schema_version (
      version bigint PRIMARY KEY,
      applied_at bigint NOT NULL
    );
  END IF;

  -- Somebody else was faster.
  IF EXISTS (SELECT 1 FROM taskmaster.schema_version WHERE version >= {version}) THEN
    RETURN;
  END IF;

{body}
  INSERT INTO taskmaster.schema_version (version, applied_at)
  VALUES ({version}, extract(epoch FROM clock_timestamp()) * 1000);
END
$migration$
