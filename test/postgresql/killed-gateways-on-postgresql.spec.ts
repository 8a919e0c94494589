import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import { countInTier } from '#test/tier.js';
import { recipientsInPostgresql } from '../resilience/killed-gateways/kept-counts.js';
import { killGateways } from '../resilience/killed-gateways/kill-gateways.js';
import { rowsInPostgresql } from '../resilience/killed-gateways/left-rows.js';

let database: PostgresqlServer | undefined;

killGateways(countInTier(8, 16, 1000), async () => {
  const server = await PostgresqlServer.start();
  database = server;
  await server.execute('CREATE DATABASE rcs');
  return {
    environment: {
      RCS_STORE__KIND: 'postgresql',
      RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${server.port}]`,
      RCS_STORE__POSTGRESQL__USER_NAME: superuser.user,
      RCS_STORE__POSTGRESQL__PASSWORD: superuser.password,
      RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
    },
    leftRows: () => rowsInPostgresql(server, 'rcs'),
    recipients: () => recipientsInPostgresql(server, 'rcs'),
  };
});

afterAll(() => database?.stop());
