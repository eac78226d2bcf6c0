import { existsSync } from 'node:fs';
import { defineConfig, devices } from '@playwright/test';

// The shell is Chromium without what a screen needs: a third less work for the machine.
const chromium = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'].find((path) => existsSync(path));
const portal = { testDir: 'portal', use: { ...devices['Desktop Chrome'] } };

export default defineConfig({
  outputDir: 'test-results',
  // What is read is the same in every project.
  snapshotPathTemplate: '{testDir}/{testFileName}-snapshots/{arg}{ext}',
  fullyParallel: true,
  forbidOnly: true,
  // One more than this machine has cores: some tests wait for a clock.
  workers: 3,
  // Several pages a test, each looked at by axe in two themes; a machine may be ten times as slow as ours.
  timeout: 12 * Number(process.env.FLOWTHROUGH_PATIENCE ?? 10_000),
  expect: { timeout: Number(process.env.FLOWTHROUGH_PATIENCE ?? 10_000) },
  retries: process.env.CI ? 2 : 0,
  reporter: [['list'], ['json', { outputFile: 'test-results/report.json' }]],
  use: {
    actionTimeout: 20_000,
    locale: 'en-GB',
    // Recording every test takes a quarter of the time: npx playwright test --trace on
    trace: 'on-first-retry',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? chromium,
      // As root Chromium starts only without its sandbox; on a closed network it must not look for updates.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    // The pages are the same, so are their pictures.
    { name: 'no-javascript', ...portal, testIgnore: '**/pictures.spec.ts', use: { ...portal.use, javaScriptEnabled: false } },
    { name: 'hydrated', ...portal },
    { name: 'hub', testDir: 'hub', use: { ...devices['Desktop Chrome'] } },
    // Its browser is not Playwright's to start: firefox.ts.
    { name: 'firefox', testDir: 'firefox' },
  ],
});
