/** The activation portal in Firefox: the same pages, another engine. */
import { expect, test } from '../firefox.ts';

test('by code, after a password that is wrong and a code that is wrong', async ({ demo, tab }) => {
  await tab.visit(demo.path('share link'));
  await tab.at('Activate your account');
  await tab.fill('User ID of your phone service', demo.users('users')[0]);
  await tab.fill('Password', 'wrong');
  await tab.press('Sign in');
  await tab.reads('The user ID or the password is not right.');
  await tab.fill('Password', demo.told('user password'));
  await tab.press('Sign in');
  await tab.at('Enter your email address');
  await tab.fill('Email address', 'firefox@home.example');
  await tab.press('Continue');
  await tab.at('Check your email');
  const { code } = await tab.mailTo('firefox@home.example');
  await tab.fill('Six-digit code', code === '000000' ? '000001' : '000000');
  await tab.press('Confirm');
  await tab.reads('The code is not right.');
  await tab.fill('Six-digit code', code);
  await tab.press('Confirm');
  await tab.at('You are all set');
});

test('by link: the page that stayed open goes on by itself', async ({ demo, tab }) => {
  await tab.visit(demo.path('share link'));
  await tab.fill('User ID of your phone service', demo.users('users')[0]);
  await tab.fill('Password', demo.told('user password'));
  await tab.press('Sign in');
  await tab.fill('Email address', 'by.link@home.example');
  await tab.press('Continue');
  await tab.at('Check your email');
  const { joinNow } = await tab.mailTo('by.link@home.example');
  const second = await tab.another();
  await second.visit(joinNow);
  await second.at('Confirm your address');
  await second.press('Join now');
  await second.at('You are all set');
  await tab.page.bringToFront();
  await tab.at('You are all set');
});

test('right to left: the page is mirrored, ids and addresses are not', async ({ demo, tab }) => {
  await tab.visit(demo.path('share link'));
  await tab.click('//*[contains(@class, "locales")]//summary');
  await tab.follow('العربية');
  await tab.until(() => tab.page.evaluate(() => document.dir === 'rtl' || document.documentElement.dir === 'rtl'), 'right to left');
  const overflow = await tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBe(0);
});

test.describe('without its scripts', () => {
  test.use({ scripts: false });

  test('by code', async ({ demo, tab }) => {
    await tab.open(demo.path('share link'));
    await tab.fill('User ID of your phone service', demo.users('users')[0]);
    await tab.fill('Password', demo.told('user password'));
    await tab.press('Sign in');
    await tab.at('Enter your email address');
    await tab.fill('Email address', 'plain@home.example');
    await tab.press('Continue');
    await tab.at('Check your email');
    const { code } = await tab.mailTo('plain@home.example');
    await tab.fill('Six-digit code', code);
    await tab.press('Confirm');
    await tab.at('You are all set');
  });
});
