/**
 * Loaded into the processes of the fuzzer's cluster (NODE_OPTIONS): SIGUSR2 collects all garbage, so that what a process
 * holds afterwards is what it has not let go. Only the test has this; nothing of it is in the programs.
 */
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collect();
  // What finalizers let go.
  setImmediate(collect);
});
