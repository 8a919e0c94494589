import { PostgresqlServer, superuser } from '#test/postgresql/postgresql-server.js';
import { countInTier } from '#test/tier.js';
import { killGateways } from '../resilience/killed-gateways/kill-gateways.js';

let database: PostgresqlServer | undefined;

killGateways(countInTier(8, 16, 1000), async () => {
  database = await PostgresqlServer.start();
  await database.execute('CREATE DATABASE rcs');
  return {
    RCS_STORE__KIND: 'postgresql',
    RCS_STORE__POSTGRESQL__HOSTS: `[127.0.0.1:${database.port}]`,
    RCS_STORE__POSTGRESQL__USER_NAME: superuser.user,
    RCS_STORE__POSTGRESQL__PASSWORD: superuser.password,
    RCS_STORE__POSTGRESQL__ENABLE_SSL: 'false',
  };
});

afterAll(() => database?.stop());
