/** Two tabs of one browser, and a browser that keeps no cookies. */
import { type BrowserContext, type Page } from '@playwright/test';
import { withoutCookies } from '../cookies.ts';
import { expect, test } from '../fixtures.ts';
import { Portal } from '../portal.ts';
import { type Server } from '../server.ts';

/** In a new tab, signs out whoever is signed in, and somebody else in. */
async function signInElsewhere(context: BrowserContext, demo: Server, user: string): Promise<{ page: Page; portal: Portal }> {
  const page = await context.newPage();
  const portal = new Portal(page, async (path) => void (await page.goto(path)));
  await page.goto(demo.path('share link'));
  await portal.press('Sign out');
  await portal.at('Activate your account');
  await portal.signIn(user, demo.told('user password'));
  await portal.at('Enter your email address');
  return { page, portal };
}

test('a form that was made for one user does not land on another, and what was typed is kept for its owner', async ({
  context,
  demo,
  page,
  portal,
}) => {
  const [alice, bob] = demo.users('users');
  const field = page.getByRole('textbox', { name: 'Email address' });
  await portal.open(demo.path('share link'));
  await portal.signIn(alice, demo.told('user password'));
  await portal.at('Enter your email address');
  await field.fill('alice@home.example');

  const other = await signInElsewhere(context, demo, bob);

  await portal.press('Continue');
  await expect(portal.problem).toContainText('This page was made for somebody else');
  await portal.at('Enter your email address');
  await expect(page.getByRole('main')).toContainText(bob);
  await expect(field).toHaveValue('');
  await other.page.reload();
  await other.portal.at('Enter your email address');

  await portal.press('Sign out');
  await portal.at('Activate your account');
  await portal.signIn(alice, demo.told('user password'));
  await portal.at('Enter your email address');
  await expect(field).toHaveValue('alice@home.example');
});

test('a page says by itself that somebody else is signed in now', async ({ context, demo, javaScriptEnabled, page, portal }) => {
  test.skip(!javaScriptEnabled, 'only a script hears of it');
  const [alice, bob] = demo.users('users');
  await portal.open(demo.path('share link'));
  await portal.signIn(alice, demo.told('user password'));
  await portal.enterAddress('alice@home.example');
  await portal.at('Check your email');
  await signInElsewhere(context, demo, bob);
  await expect(portal.problem).toContainText('This page was made for somebody else');
  await expect(page.getByRole('main')).toContainText(bob);
  await portal.at('Enter your email address');
});

test('a browser that keeps no cookies is told so', async ({ context, demo, page, portal }) => {
  await withoutCookies(context);
  await portal.open(demo.path('share link'));
  await portal.signIn(demo.users('users')[0], demo.told('user password'));
  await expect(portal.problem).toContainText('Your browser did not keep the cookie');
  await expect(page.getByRole('textbox', { name: 'User ID of your phone service' })).toBeVisible();
});
