import tseslint from 'typescript-eslint';

// The compiler finds most mistakes; these rules find the rest: promises that nobody waits for, and `any`.
export default tseslint.config(
  { ignores: ['dist', 'node_modules', '*.js'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
    },
  },
);
