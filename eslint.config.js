import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['out/', 'dist/', 'kernels/build/', 'node_modules/', 'training/', '**/.svelte-kit/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.svelte.ts'],
    extends: [...ts.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Interfaces with asynchronous verbs have implementations that need not wait.
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['**/*.test.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'] },
    },
  },
  // Maps and sets that nothing is drawn from stay plain: reactive ones cost with ten thousand rows.
  { files: ['renderer/state/**/*.ts'], rules: { 'svelte/prefer-svelte-reactivity': 'off' } },
  // The rule for JavaScript takes names in a function's type for variables; svelte-check finds what is unused.
  { files: ['**/*.svelte'], rules: { 'no-unused-vars': 'off' } },
  { files: ['**/*.mjs', '**/*.js'], languageOptions: { globals: globals.node } },
);
