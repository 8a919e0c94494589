import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';
import { boundedWaits } from './scripts/lint/bounded-waits.mjs';
import { emitterErrors } from './scripts/lint/emitter-errors.mjs';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      '.rcs/',
      '.cache/',
      'coverage/',
      'node_modules/',
      '**/*.cjs',
      '**/*.mjs',
      'apps/console/src/api/api-types.ts',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    plugins: { rcs: { rules: { 'emitter-errors': emitterErrors } } },
    rules: {
      'rcs/emitter-errors': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name=/^(on|once|addListener|prependListener|prependOnceListener)$/][arguments.0.value=/^data$/]',
          message:
            'Consume a stream through listenTo, pipeline, finished, for await or stream/consumers: whoever listens to data alone does not hear errors.',
        },
        {
          selector:
            "BinaryExpression[operator='-']:not([right.type='Literal']):not(NewExpression[callee.name='Date'] > BinaryExpression) > CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message:
            'Measure durations by performance.now(), which nobody sets; from and to a time of day that was written down: millisecondsSince, millisecondsUntil.',
        },
        ...[
          // request.url, message.url, request.raw.url
          'MemberExpression[property.name=/^(url|originalUrl)$/][object.name=/^(req|request|incoming|message)$/]',
          'MemberExpression[property.name=/^(url|originalUrl)$/][object.property.name=/^(req|request|raw)$/]',
          // ({ url }: FastifyRequest) => ..., const { url } = request
          'ObjectPattern[typeAnnotation.typeAnnotation.typeName.name=/(Request|IncomingMessage)$/] > Property[key.name=/^(url|originalUrl)$/]',
          'VariableDeclarator[init.name=/^(req|request|incoming|message|raw)$/] > ObjectPattern > Property[key.name=/^(url|originalUrl)$/]',
          'VariableDeclarator[init.property.name=/^(req|request|raw)$/] > ObjectPattern > Property[key.name=/^(url|originalUrl)$/]',
          // Pick<FastifyRequest, 'url'>
          "TSTypeReference[typeName.name='Pick'][typeArguments.params.0.typeName.name=/(Request|IncomingMessage)$/] Literal[value=/^(url|originalUrl)$/]",
        ].map(selector => ({
          selector,
          message:
            'Decide by the route that was matched (routeOptions.url, exactPath): a URL has many spellings. Its text is read in request-target.ts alone.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only the configuration reader looks at the environment.' },
      ],
    },
  },
  {
    files: ['apps/console/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { project: './apps/console/tsconfig.json' } },
    rules: {
      // Handlers of React are asynchronous; what they throw is shown by those who hand them on.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      'no-restricted-globals': [
        'error',
        ...['process', 'Buffer', '__dirname', 'require', 'global'].map(name => ({
          name,
          message: 'The console runs in browsers, which have none.',
        })),
      ],
    },
  },
  {
    // One file of texts for each language, however many there are.
    files: ['apps/console/src/texts/{en,de}.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['apps/playback-gateway/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '#cms',
              allowImportNames: [
                'CmsError',
                'DetachedEnvelope',
                'Envelope',
                'envelopeAtHead',
                'frameOfContent',
                'readdressAttached',
                'readdressDetached',
                'parseDetachedEnvelope',
                'parseEnvelope',
                'unwrapDetachedEnvelope',
              ],
              message:
                'The gateway reads whom an envelope is for, and puts it before its ciphertext; only workers turn ciphertext into media.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    rules: {
      'max-lines': 'off',
      'rcs/emitter-errors': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...boundedWaits] },
  },
  prettier,
);
