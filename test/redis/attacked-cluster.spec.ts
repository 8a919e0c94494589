// First: what follows reads it when it starts. The same attacks, now on a Redis Cluster with TLS and ACL users.
import '#test/redis/choose-cluster.js';
import '../e2e/redis-attacker.spec.js';
