/** What a screen reader reads at each step: the tree of the page as assistive technology gets it, the same with and without JavaScript. */
import { expect, test } from '../fixtures.ts';
import { mailTo } from '../mailbox.ts';
import type { Page } from '@playwright/test';

/** Kept in reader.spec.ts-snapshots/; `npx playwright test portal/reader --update-snapshots` writes them anew. */
const expectRead = (page: Page, step: string) => expect(page.locator('body')).toMatchAriaSnapshot({ name: `${step}.aria.yml` });

test('each step of an activation', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await expectRead(page, 'sign-in');
  await portal.signIn(demo.users('users')[0], 'wrong');
  await expect(portal.problem).toBeVisible();
  await expectRead(page, 'sign-in-refused');
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.at('Enter your email address');
  await expectRead(page, 'address');
  await portal.enterAddress('heard@home');
  await expect(portal.problem).toBeVisible();
  await expectRead(page, 'address-refused');
  await portal.enterAddress('heard@home.example');
  await portal.at('Check your email');
  const { code } = await mailTo(page, 'heard@home.example');
  await page.reload();
  await expectRead(page, 'proof');
  await portal.enterCode(code);
  await portal.expectProvisioned();
  await expectRead(page, 'done');
});

test('an account that could not be created', async ({ demo, page, portal }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await portal.enterAddress('heard@nolicence.example');
  const { code } = await mailTo(page, 'heard@nolicence.example');
  await portal.enterCode(code);
  await portal.at('Your account could not be created');
  await expectRead(page, 'failed');
});
