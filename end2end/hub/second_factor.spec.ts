/** The second factor: switched on, asked for after the password, removed. */
import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';
import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';
import { ADMIN } from '../server.ts';

const STEP = 30;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What an app shows for that key (RFC 6238), so many steps from now. */
function code(key: string, ahead: number): string {
  const bits = [...key.replaceAll(' ', '')].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP) + ahead));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const number = mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

const section = (page: Page) => page.getByRole('region', { name: 'Second factor' });

test('it is switched on, asked for after the password, stood in for and removed', async ({ hub, page }) => {
  await hub.signIn();
  await page.getByRole('link', { name: ADMIN.email }).click();
  await hub.at('Account');
  await section(page).getByRole('button', { name: 'Set up second factor' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password').fill('not the password');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: 'The current password is not right.' })).toBeVisible();
  await dialog.getByLabel('Password').fill(ADMIN.password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByRole('img', { name: 'Code for your authenticator app' })).toBeVisible();
  await expectAccessible(page);
  const key = (await dialog.locator('code.id').textContent())!;
  await dialog.getByLabel('Six-digit code from the app').fill(code(key, 0));
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(10);
  await expectAccessible(page);
  const [recovery] = await dialog.getByRole('listitem').allTextContents();
  // They cannot be shown again.
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('alert').filter({ hasText: 'cannot be shown again' })).toBeVisible();
  const download = page.waitForEvent('download');
  await dialog.getByRole('link', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toBe('recovery-codes.txt');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await expect(section(page)).toContainText('10');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await hub.at('Sign in to the partner hub');
  await hub.enter(ADMIN.email, ADMIN.password);
  await hub.at('Enter your code');
  await expectAccessible(page);
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The code is not right, or it was used already.');
  // The one of this half minute is used: the next one counts as well.
  await page.getByLabel('Code', { exact: true }).fill(code(key, 1));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await hub.at('Customer List');

  await page.getByRole('link', { name: ADMIN.email }).click();
  await section(page).getByRole('button', { name: 'Remove second factor' }).click();
  await dialog.getByLabel('Code from the app, or a recovery code').fill(recovery!);
  await dialog.getByRole('button', { name: 'Remove second factor' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Second factor removed.' })).toBeVisible();
  await expect(section(page).getByRole('button', { name: 'Set up second factor' })).toBeVisible();
});

test('where it is asked for it is set up right after signing in, and nothing else can be done before', async ({ hub, page, visit }) => {
  await hub.signIn();
  await visit('/hub/people');
  const requirement = page.getByRole('region', { name: 'Second factor for everybody' });
  await requirement.getByRole('button', { name: 'Require second factor' }).click();
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Require second factor' }).click();
  // The page and the notice say so.
  await expect(page.getByText('Everybody who signs in needs a second factor.').first()).toBeVisible();
  // Whoever asked for it has none, either.
  await hub.at('Account');
  await expect(section(page)).toContainText('Your company requires a second factor');
  await expect(page.getByRole('navigation', { name: 'Hub' })).toHaveCount(0);
  await expectAccessible(page);
  await section(page).getByRole('button', { name: 'Set up second factor' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password').fill(ADMIN.password);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  const key = (await dialog.locator('code.id').textContent())!;
  await dialog.getByLabel('Six-digit code from the app').fill(code(key, 0));
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(10);
  await dialog.getByRole('link', { name: 'Download' }).click();
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByRole('navigation', { name: 'Hub' }).getByRole('link', { name: 'People' }).click();
  await hub.at('People');
  await requirement.getByRole('button', { name: 'Stop requiring it' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop requiring it' }).click();
  await expect(requirement.getByRole('button', { name: 'Require second factor' })).toBeVisible();
  await expect(requirement).toContainText('Each person decides');
});
