/** What is measured and not tested: `npm run figures`, on the release. */
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({
  use: tests.use,
  testDir: 'figures',
  timeout: 300_000,
  workers: 1,
  reporter: 'line',
});
