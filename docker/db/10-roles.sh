#!/bin/sh
# Makes the three roles and the database of a PostgreSQL server, version 15 or newer. Runs once, in the db container,
# or by hand against a server of your own: PGHOST, PGUSER and the like say where, *_PASSWORD_FILE name the passwords.
set -eu

psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set owner_password `cat "$OWNER_PASSWORD_FILE"`
\set application_password `cat "$APPLICATION_PASSWORD_FILE"`
\set worker_password `cat "$WORKER_PASSWORD_FILE"`
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
CREATE ROLE mrd_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE mrd_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'application_password';
CREATE ROLE mrd_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'worker_password';
CREATE DATABASE mrd OWNER mrd_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE mrd FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE mrd TO mrd_app, mrd_worker;
\connect mrd
ALTER SCHEMA public OWNER TO mrd_owner;
SQL
