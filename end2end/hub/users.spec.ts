/** User Status: seeing and repairing. */
import { expectAccessible } from '../accessible.ts';
import { expect, hydrated, test } from '../fixtures.ts';
import { Hub } from '../hub.ts';
import { mailTo } from '../mailbox.ts';
import { Portal } from '../portal.ts';

test.beforeEach(({ hub }) => hub.signIn());

test('Retry Activation: the address is checked as typed, Onboard provisions, the row follows by itself', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));

  await hub.choose(row, 'Retry Activation');
  const dialog = hub.dialog('Retry Activation');
  await expectAccessible(page);
  const address = dialog.getByRole('textbox', { name: 'Email address' });
  await address.fill('repaired@home');
  await address.blur();
  await expect(dialog.getByText('This is not a complete email address.')).toBeVisible();
  await address.fill('repaired@home.example');
  await expect(dialog.getByText('This is not a complete email address.')).toBeHidden();
  await dialog.getByRole('button', { name: 'Onboard', exact: true }).click();
  await expect(dialog).toBeHidden();
  await hub.expectStatus(row, 'Provisioned');
  // One action, one toast: what came of it takes the place of the note that it was begun.
  await expect(page.getByText(`${id}: Provisioned`)).toBeVisible();
  expect(await page.locator('.toast').allInnerTexts()).toEqual([`${id}: Provisioned`]);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
});

test('an activation that fails says so to whoever asked for it, wherever they are by then', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await page.route('**/api/hub/onboard*', async (route) => {
    const answer = await route.fetch();
    // The list is left before the answer comes; by then it may have failed already.
    await page.getByRole('link', { name: 'Next page' }).evaluate((link: HTMLElement) => link.click());
    await expect(row).toHaveCount(0);
    await route.fulfill({ response: answer });
  });
  await hub.choose(row, 'Retry Activation');
  await hub.dialog('Retry Activation').getByRole('textbox', { name: 'Email address' }).fill('nobody@nolicence.example');
  await hub.dialog('Retry Activation').getByRole('button', { name: 'Onboard', exact: true }).click();
  const told = page.getByRole('status').filter({ hasText: `${id} could not be activated.` });
  await expect(told).toContainText('No licence is left for this package. Code 41007');
  await expectAccessible(page);
  await told.getByRole('button', { name: 'Close' }).click();
  await expect(told).toHaveCount(0);
});

test('a delay is told with its cause, and the row says since when and how often it was tried', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  // The demo's target has asked these to come back later.
  const waiting = await hub.firstIn('Provisioning');
  await expect(waiting.row).toContainText('The service that creates accounts takes no more requests for now. Code 41004');
  await expect(waiting.row).toContainText(/The account is being created since \d.*\. 2 attempts so far\. Next attempt: \d/);
  await expect((await hub.firstIn('Updating')).row).toContainText('The change is being carried out since');
  // Nobody is left with an empty reason.
  expect(await hub.users.getByRole('cell').filter({ hasNotText: /./, hasNot: page.getByRole('button') }).count()).toBe(0);

  const { row, id } = await hub.firstIn('Error');
  await hub.choose(row, 'Retry Activation');
  await hub.dialog('Retry Activation').getByRole('textbox', { name: 'Email address' }).fill('slow@down.example');
  await hub.dialog('Retry Activation').getByRole('button', { name: 'Onboard', exact: true }).click();
  await expect(page.getByText(`${id}: The service that creates accounts cannot be reached.`)).toBeVisible();
  await expect(row).toContainText(/Code 41002.*The account is being created since .* 1 attempt so far/);
});

test('whoever is told that it goes on by itself is not told that beside the news that it has failed', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await hub.choose(row, 'Retry Activation');
  await hub.dialog('Retry Activation').getByRole('textbox', { name: 'Email address' }).fill('slow@down.example');
  await hub.dialog('Retry Activation').getByRole('button', { name: 'Onboard', exact: true }).click();
  // The demo gives up after three attempts.
  await expect(page.getByText(`${id} could not be activated.`)).toBeVisible();
  expect(await page.locator('.toast').count()).toBe(1);
  expect(await page.getByText('automatically').count()).toBe(0);
  await hub.expectStatus(row, 'Error');
  await expect(row).toContainText('Wait a few minutes, then retry the activation.');
  await expect(row).not.toContainText('attempt so far');
});

test('what happens elsewhere shows by itself', async ({ browser, demo, hub, page }) => {
  await hub.openUserStatus('Costa Verde Hotels', 'Hotel staff (self-activation)');
  const [id] = demo.users('self-activating');
  await expect(hub.user(id)).toHaveCount(0);

  const other = await browser.newPage({ baseURL: demo.url });
  const portal = new Portal(other, async (path) => {
    await other.goto(path);
    await expect(other.locator('body')).toHaveAttribute('data-hydrated', 'true');
  });
  await portal.open(demo.path('self-activation'));
  await portal.signIn(id, demo.told('user password'));
  await portal.at('Enter your email address');
  await hub.expectStatus(hub.user(id), 'Email address pending');
  await portal.enterAddress('colleague@home.example');
  await hub.expectStatus(hub.user(id), 'Email verification pending');
  await portal.enterCode((await mailTo(page, 'colleague@home.example')).code);
  await hub.expectStatus(hub.user(id), 'Provisioned');
  await other.close();
});

test('Delete User asks first; afterwards the user can onboard again', async ({ demo, hub, page, portal }) => {
  await hub.openUserStatus('Costa Verde Hotels', 'Hotel staff (self-activation)');
  const { row, id } = await hub.firstIn('Error');
  await hub.choose(row, 'Delete User');
  const dialog = hub.dialog('Delete User');
  await expect(dialog).toContainText(id);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toBeVisible();

  await hub.choose(row, 'Delete User');
  await dialog.getByRole('button', { name: 'Delete User', exact: true }).click();
  const strip = page.getByRole('region', { name: 'Jobs that you started' });
  await strip.getByRole('button', { name: 'Undo' }).click();
  await expect(strip).toContainText('Delete User: Cancelled');
  await strip.getByRole('button', { name: 'Close' }).click();
  await expect(row).toBeVisible();

  await hub.choose(row, 'Delete User');
  await dialog.getByRole('button', { name: 'Delete User', exact: true }).click();
  await expect(strip).toContainText('Delete User: Starts in a moment');
  await expect(row).toHaveCount(0, hub.undone);
  await expect(page.getByText(`${id} was deleted`)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'User Status' })).toBeFocused();
  await page.reload();
  await expect(hub.users.first()).toBeVisible();
  await expect(row).toHaveCount(0);

  await portal.open(demo.path('self-activation'));
  await portal.signIn(id, demo.told('user password'));
  await portal.enterAddress('again@home.example');
  await portal.enterCode((await mailTo(page, 'again@home.example')).code);
  await portal.expectProvisioned();
});

test('Delete User in two tabs: who is gone already is gone', async ({ context, hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  const tab = await context.newPage();
  const other = new Hub(tab, async (path) => void (await tab.goto(path)));
  await tab.goto(page.url());
  await hydrated(tab);
  for (const it of [hub, other]) await it.choose(it.user(id), 'Delete User');
  await hub.dialog('Delete User').getByRole('button', { name: 'Delete User', exact: true }).click();
  await expect(row).toHaveCount(0, hub.undone);
  await other.dialog('Delete User').getByRole('button', { name: 'Delete User', exact: true }).click();
  await expect(other.dialog('Delete User')).toBeHidden();
  await expect(tab.getByText(`${id} was deleted`)).toBeVisible();
  await expect(other.user(id)).toHaveCount(0);
});

test('Change Package Type: one of four', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row } = await hub.firstIn('Email address pending');
  await hub.choose(row, 'Change Package Type');
  const dialog = hub.dialog('Change Package Type');
  await expect(dialog.getByRole('radio')).toHaveCount(4);
  await expectAccessible(page);
  const other = (await dialog.getByRole('radio', { name: 'Premium' }).isChecked()) ? 'Basic' : 'Premium';
  await dialog.getByRole('radio', { name: other }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(row.getByRole('cell', { name: other, exact: true })).toBeVisible();
  await page.reload();
  await expect(row.getByRole('cell', { name: other, exact: true })).toBeVisible();
});

test('Copy Error Text: who, where, code, time and what to do are on the clipboard', async ({ context, hub, page }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row, id } = await hub.firstIn('Error');
  await hub.choose(row, 'Copy Error Text');
  await expect(page.getByText('Copied')).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(`BroadWorks ID: ${id}\n`);
  expect(text).toMatch(/^Customer: Aurora Dental Group \(Northwind\+aurora\)$/m);
  expect(text).toMatch(/^Onboarding template: Office users$/m);
  expect(text).toMatch(/^Code: \d+$/m);
  expect(text).toMatch(/^Time: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/m);
  expect(text).toMatch(/^Cause: .+$/m);
  expect(text).toMatch(/^Remedy: .+$/m);
});

test('the menu offers nothing on users who need no help', async ({ hub }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row } = await hub.firstIn('Provisioned');
  await row.getByRole('button', { name: /^Actions/ }).click();
  await expect(row.page().getByRole('menuitem', { name: 'Retry Activation' })).toHaveCount(0);
  await expect(row.page().getByRole('menuitem', { name: 'Copy Error Text' })).toHaveCount(0);
});

test('the menu works by keyboard alone', async ({ hub, page }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const { row } = await hub.firstIn('Error');
  const dots = row.getByRole('button', { name: /^Actions/ });
  await dots.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Retry Activation' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Change Package Type' })).toBeFocused();
  await expect(page.getByRole('menuitem').last()).toHaveText('Delete User');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(dots).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitem', { name: 'Retry Activation' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(hub.dialog('Retry Activation')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(hub.dialog('Retry Activation')).toBeHidden();
  await expect(dots).toBeFocused();
});

test('Exclude Provisioned Users is kept in the address and after a reload', async ({ hub, page, visit }) => {
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  const exclude = page.getByRole('switch', { name: 'Exclude Provisioned Users' });
  await expect(exclude).toHaveAttribute('aria-checked', 'false');
  await exclude.click();
  await expect(exclude).toHaveAttribute('aria-checked', 'true');
  await expect(page).toHaveURL(/exclude_provisioned=true/);
  await expect(page.getByRole('cell', { name: 'Provisioned', exact: true })).toHaveCount(0);
  await visit(page.url());
  await expect(exclude).toHaveAttribute('aria-checked', 'true');
  await expect(hub.users.first()).toBeVisible();
  await expect(page.getByRole('cell', { name: 'Provisioned', exact: true })).toHaveCount(0);
  await exclude.click();
  await expect(page).not.toHaveURL(/exclude_provisioned/);
  await expect(page.getByRole('cell', { name: 'Provisioned', exact: true }).first()).toBeVisible();
});
