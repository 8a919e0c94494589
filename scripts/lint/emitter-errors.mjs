/**
 * Lint rule: whoever makes an emitter and keeps it in a variable listens to its errors, or hands it to somebody who does.
 * An `error` that nobody hears ends the process.
 */
const makers = new Set([
  ...['createReadStream', 'createWriteStream', 'createConnection', 'connect', 'createServer', 'createTlsServer'],
  ...['createPlainServer', 'spawn', 'fork', 'Busboy', 'Socket', 'TLSSocket'],
]);

const nameOf = callee => (callee.type === 'MemberExpression' ? callee.property.name : callee.name);

/** Whether this use of the variable hears errors, or gives the emitter away. */
function isCare({ parent }, identifier) {
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
      return parent.arguments.includes(identifier);
    case 'MemberExpression':
      return listensToErrors(parent);
    default:
      // Returned, stored, iterated, put into an object: somebody else's from here on.
      return parent.type !== 'VariableDeclarator';
  }
}

/** `x.on('error', ...)`, also behind other calls of a chain. */
function listensToErrors(member) {
  for (let node = member; node.type === 'MemberExpression' && node.parent.type === 'CallExpression';) {
    const call = node.parent;
    if (/^(on|once|addListener)$/.test(node.property.name) && call.arguments[0]?.value === 'error') return true;
    node = call.parent;
    if (node.object !== call) return false;
  }
  return false;
}

export const emitterErrors = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    return {
      VariableDeclarator(node) {
        const made = node.init;
        if (made?.type !== 'CallExpression' && made?.type !== 'NewExpression') return;
        if (node.id.type !== 'Identifier' || !makers.has(nameOf(made.callee))) return;
        const [variable] = context.sourceCode.getDeclaredVariables(node);
        const uses = variable.references.map(({ identifier }) => identifier).filter(({ parent }) => parent !== node);
        if (uses.some(identifier => isCare(identifier, identifier))) return;
        context.report({ node, message: `Nobody hears the errors of ${node.id.name}: they would end the process.` });
      },
    };
  },
};
