/**
 * What tests must not wait for without a bound, as selectors of `no-restricted-syntax`: what hangs would end with the time of
 * the whole test, or of the whole run, and nobody would be told what was awaited.
 */
const timer = 'CallExpression[callee.name=/^(setTimeout|setImmediate|delay|sleep)$/]';
const now = "CallExpression[callee.property.name='now']";
/** Whoever counts has a bound, too. */
const loops = ['WhileStatement', 'DoWhileStatement', 'ForStatement[test=null]'];
/** The promise itself is the value: handed to `within`, it has a bound. */
const bare = "NewExpression[callee.name='Promise']:not(CallExpression[callee.name='within'] > NewExpression)";

export const boundedWaits = [
  ...loops.map(loop => ({
    selector: `${loop}:has(AwaitExpression ${timer}):not(:has(${now}))`,
    message: 'A loop that waits has a deadline and says what it waited for: use waitFor or answerOf (#test/waiting).',
  })),
  ...loops.map(loop => ({
    selector: `${loop}:has(> .test AwaitExpression):not(:has(${now}))`,
    message: 'A loop whose end is awaited has a deadline: use waitFor or answerOf (#test/waiting).',
  })),
  {
    selector: `ForStatement[test=null]:has(AwaitExpression):not(:has(${now}))`,
    message: 'A loop without an end has a deadline: use waitFor or answerOf (#test/waiting).',
  },
  {
    selector: "CallExpression[callee.name='fetch']:not(:has(Property[key.name='signal']))",
    message: 'An answer is awaited with a deadline: give fetch a signal, AbortSignal.timeout(...).',
  },
  {
    selector:
      "CallExpression[callee.name='once'][arguments.length<3]:not(CallExpression[callee.name='within'] > CallExpression)",
    message: 'An event is awaited with a deadline: within(what, once(...)), or a signal.',
  },
  {
    selector: `${bare}:has(CallExpression[callee.property.name='once'][arguments.0.value=/^(exit|close|end|line)$/])`,
    message: 'An event is awaited with a deadline: within(what, new Promise(...)), or endChild.',
  },
  {
    selector: `${bare}:has(CallExpression[callee.property.name='close'] > Identifier[name='resolve'])`,
    message: 'A server may never close: within(what, new Promise(...)).',
  },
];
