// First: what follows reads it when it starts. The same attacks, now on a primary that sentinels watch.
import '#test/redis/choose-sentinels.js';
import '../e2e/redis-attacker.spec.js';
