/** User Status: a user beside the list. */
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { takePictures } from '../pictures.ts';
import type { Locator, Page } from '@playwright/test';

/** The panel of a user. */
const panel = (page: Page, id: string): Locator => page.getByRole('region', { name: id, exact: true });

/** Opens the panel of a row's user as whoever has a mouse does. */
const open = (row: Locator) => row.getByRole('cell').nth(1).click();

/** What the row at this place is called. */
const idOf = async (row: Locator) => (await row.getByRole('cell').first().innerText()).trim();

test.beforeEach(async ({ hub, page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
});

test('a click in a row shows the user beside the list: how they stand, why, what can be done and what has happened', async ({ hub, page }) => {
  const { row, id } = await hub.firstIn('Error');
  const rows = await hub.users.count();
  await open(row);
  const shown = panel(page, id);
  await expect(shown.getByRole('heading', { level: 2, name: id })).toBeVisible();
  await expect(page).toHaveURL(/\/users\?customer=[0-9a-f-]{36}&user=[0-9a-f-]{36}$/);
  await expect(shown.getByRole('region', { name: 'Status' })).toContainText(/Code \d+.*Who can fix it/s);
  await expect(shown.getByRole('region', { name: 'Details' })).toContainText(/Email address\s*\S+@\S+Confirmed by the user with the (link|code)/);
  await expect(shown.getByRole('region', { name: 'History' }).getByRole('listitem').first()).toContainText('The attempt failed');
  await expect(shown.getByRole('button', { name: 'Retry now' })).toBeVisible();
  await expect(hub.users).toHaveCount(rows);
  await expect(row).toBeInViewport();
  await expect(row).toHaveAttribute('aria-current', 'true');
  await expect(row.getByRole('link', { name: id })).toBeFocused();
  await expectAccessible(page);

  // The row's link is the way to the page, as before; the panel has one, too.
  await shown.getByRole('link', { name: 'Open page' }).click();
  await hub.at(id);
  await page.goBack();
  await expect(panel(page, id)).toBeVisible();
  await row.getByRole('link', { name: id }).click();
  await hub.at(id);
});

test('by keyboard: o leads into the panel, j, k and the arrows walk and the panel follows, Escape closes and leads back', async ({ hub, page }) => {
  const [first, second, third] = [await idOf(hub.users.nth(0)), await idOf(hub.users.nth(1)), await idOf(hub.users.nth(2))];
  await page.keyboard.press('j');
  await expect(hub.user(first).getByRole('link')).toBeFocused();
  await expect(page).not.toHaveURL(/user=/);
  await page.keyboard.press('o');
  await expect(panel(page, first).getByRole('heading', { level: 2 })).toBeFocused();
  const before = await page.evaluate(() => history.length);

  // From within the panel, too.
  await page.keyboard.press('j');
  await expect(hub.user(second).getByRole('link')).toBeFocused();
  await expect(panel(page, second)).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(hub.user(third).getByRole('link')).toBeFocused();
  await expect(panel(page, third)).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await expect(panel(page, second)).toBeVisible();
  await page.keyboard.press('k');
  await expect(panel(page, first)).toBeVisible();
  await expect(page.getByRole('region', { name: second, exact: true })).toHaveCount(0);
  // Who walks leaves no trail through which to go back.
  expect(await page.evaluate(() => history.length)).toBe(before);

  await page.keyboard.press('o');
  await expect(panel(page, first).getByRole('heading', { level: 2 })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(panel(page, first).getByRole('link', { name: 'Open page' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel(page, first)).toHaveCount(0);
  await expect(page).not.toHaveURL(/user=/);
  await expect(hub.user(first).getByRole('link')).toBeFocused();
  // Where nobody is open, the arrows are the browser's.
  await page.keyboard.press('ArrowDown');
  await expect(hub.user(first).getByRole('link')).toBeFocused();
  // What Escape closes is what is on top.
  await open(hub.user(second));
  await expect(panel(page, second)).toBeVisible();
  await panel(page, second).getByRole('button', { name: /^Actions/ }).click();
  await expect(page.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menuitem')).toHaveCount(0);
  await expect(panel(page, second)).toBeVisible();
});

test('it stands in the address: it can be sent, survives a reload before anything is alive, and back closes it', async ({ hub, page, visit }) => {
  const { row, id } = await hub.firstIn('Error');
  await page.getByRole('switch', { name: 'Exclude Provisioned Users' }).click();
  await expect(page).toHaveURL(/exclude_provisioned=true/);
  await open(row);
  await expect(panel(page, id)).toBeVisible();
  await expect(page).toHaveURL(/exclude_provisioned=true&user=/);
  const address = page.url();

  await page.goBack();
  await expect(panel(page, id)).toHaveCount(0);
  await expect(page).toHaveURL(/exclude_provisioned=true$/);
  await expect(row.getByRole('link', { name: id })).toBeFocused();
  await page.goForward();
  await expect(panel(page, id)).toBeVisible();
  // The way back was by the panel alone: a page that is opened now begins at its top.
  await page.goBack();
  await page.getByRole('link', { name: 'Office users' }).click();
  await hub.at('Office users');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();

  const sent = await (await page.request.get(address)).text();
  expect(sent).toContain('class="user-panel"');
  expect(sent).toMatch(new RegExp(`<h2[^>]*>${id}<`));
  expect(sent).toContain('The attempt failed');
  await visit(address);
  await expect(panel(page, id)).toBeVisible();
  await expect(row).toHaveAttribute('aria-current', 'true');
  // Nobody has opened it here: the way out leads to the list, and not out of the hub.
  await panel(page, id).getByRole('link', { name: 'Close' }).click();
  await expect(panel(page, id)).toHaveCount(0);
  await hub.at('User Status');
  await expect(row.getByRole('link', { name: id })).toBeFocused();

  await visit(address.replace(/user=.*/, 'user=00000000-0000-0000-0000-000000000000'));
  await expect(panel(page, 'Nothing was found here')).toBeVisible();
  await expect(row).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(panel(page, 'Nothing was found here')).toHaveCount(0);
});

test('what is done in the panel shows in the list, and what is done in the list in the panel, without a reload', async ({ hub, page }) => {
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  const { row, id } = await hub.firstIn('Error');
  await open(row);
  const shown = panel(page, id);
  await shown.getByRole('button', { name: 'Retry now' }).click();
  await hub.expectStatus(row, 'Provisioned');
  await expect(shown.getByRole('region', { name: 'History' }).getByRole('listitem').first()).toContainText('Account created');
  await expect(shown.getByRole('button', { name: 'Retry now' })).toHaveCount(0);
  await expect(page.getByText(`${id}: Provisioned`)).toBeVisible();
  expect(await page.locator('.toast').count()).toBe(1);

  const pending = await hub.firstIn('Email address pending');
  await open(pending.row);
  const other = panel(page, pending.id);
  await expect(other).toBeVisible();
  await hub.choose(pending.row, 'Retry Activation');
  await hub.dialog('Retry Activation').getByRole('textbox', { name: 'Email address' }).fill('beside@home.example');
  await hub.dialog('Retry Activation').getByRole('button', { name: 'Onboard', exact: true }).click();
  await expect(other.getByRole('region', { name: 'Details' })).toContainText('Vouched for by an administrator (admin@example.com)');
  await expect(other.getByRole('region', { name: 'History' }).getByRole('listitem').first()).toContainText('Account created');

  await hub.choose(other, 'Delete User');
  await hub.dialog('Delete User').getByRole('button', { name: 'Delete User', exact: true }).click();
  await expect(other.getByText('This user has been deleted')).toBeVisible(hub.undone);
  await expect(pending.row).toHaveCount(0);
  await expect(other.getByRole('button', { name: /^Actions/ })).toHaveCount(0);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  await page.reload();
  await expect(panel(page, 'Deleted user')).toContainText('Account removed');
});

test('where there is no room beside the list it is the user’s page', async ({ hub, page, visit }) => {
  const { row, id } = await hub.firstIn('Error');
  await open(row);
  await expect(panel(page, id)).toBeVisible();
  const address = page.url();
  await page.goBack();
  await page.setViewportSize({ width: 390, height: 844 });
  await row.getByRole('cell').nth(3).click();
  await hub.at(id);
  await expect(page).toHaveURL(/\/hub\/users\/[0-9a-f-]{36}$/);
  await page.goBack();
  await hub.at('User Status');
  await expect(row).toBeVisible();
  // Whoever is sent the address, too.
  await visit(address);
  await hub.at(id);
});

test('at every width the list keeps its lines, nothing is wider than the window, and the panel scrolls by itself', async ({ hub, page }, info) => {
  const { row, id } = await hub.firstIn('Error');
  await open(row);
  const shown = panel(page, id);
  await expect(shown).toBeVisible();
  for (const width of [1440, 1280, 1024]) {
    await page.setViewportSize({ width, height: 800 });
    for (const language of ['English', 'Български', 'Deutsch', 'Français']) {
      await hub.speak(language);
      const [overflow, highest] = await page.evaluate(() => {
        const rows = [...document.querySelectorAll('.users tbody tr')].map((row) => row.getBoundingClientRect().height);
        return [document.documentElement.scrollWidth - innerWidth, Math.max(...rows)];
      });
      expect(overflow, `${width} px, ${language}`).toBeLessThanOrEqual(0);
      expect(highest, `${width} px, ${language}`).toBeLessThanOrEqual(40);
    }
    const box = (await shown.boundingBox())!;
    expect(box.height, `${width} px`).toBeLessThanOrEqual(800);
  }
  await hub.speak('English');
  await takePictures(page, 'user-panel', info);
  for (const [width, colorScheme] of [[1440, 'light'], [1440, 'dark'], [1024, 'light'], [390, 'light']] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `screenshots/${info.project.name}/user-panel-${width}-${colorScheme}.png` });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
  // Which row it is of is not said by a background alone.
  expect(await row.evaluate((row) => getComputedStyle(row).outlineStyle)).toBe('solid');
  await page.screenshot({ path: `screenshots/${info.project.name}/user-panel-1440-forced.png` });
});
