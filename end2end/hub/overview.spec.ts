/** The overview: how onboarding goes, and what needs somebody. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';

test('how users stand leads to them, and every drawing has its table', async ({ hub, page }) => {
  await hub.signIn();
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'Overview' }).click();
  await hub.at('Overview');
  await expectAccessible(page);
  for (const drawing of ['Users by status, last 30 days', 'Activations per day']) {
    const chart = page.getByRole('region', { name: drawing });
    await chart.getByText('Show as a table').click();
    await expect(chart.getByRole('table').getByRole('row')).toHaveCount(31);
  }
  const services = page.getByRole('table', { name: 'What users wait for' });
  await expect(services.getByRole('row').filter({ hasText: 'Mail server' })).toContainText('Works');
  await expectAccessible(page);
  await page.getByRole('navigation', { name: 'Users by status' }).getByRole('link', { name: 'Error' }).click();
  await hub.at('Search');
  await expect(page).toHaveURL(/q=status%3Aerror/);
});

test('all who failed by one fault are retried at once', async ({ hub, page, visit }) => {
  await hub.signIn();
  await visit('/hub/overview');
  const errors = page.getByRole('table', { name: 'Most frequent errors' });
  await errors.getByRole('button', { name: /^Retry all that failed so/ }).first().click();
  const dialog = hub.dialog('Retry Activation');
  await expect(dialog).toContainText('made again');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Retry Activation' }).click();
  await expect(page.getByRole('region', { name: 'Jobs that you started' })).toContainText('All that match: code:');
});

test('on a phone nothing stands out of the page', async ({ hub, page, visit }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await hub.signIn();
  await visit('/hub/overview');
  await hub.at('Overview');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
});

test('the list of languages closes by Escape and by a press elsewhere', async ({ hub, page }) => {
  await hub.signIn();
  const languages = page.locator('.locales details');
  const name = languages.locator('summary');
  await name.click();
  await expect(languages).toHaveAttribute('open');
  await page.keyboard.press('Escape');
  await expect(languages).not.toHaveAttribute('open');
  await expect(name).toBeFocused();
  await name.click();
  await expect(languages).toHaveAttribute('open');
  await page.getByRole('heading', { level: 1 }).click();
  await expect(languages).not.toHaveAttribute('open');
});
