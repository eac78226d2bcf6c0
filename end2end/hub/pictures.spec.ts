import { expect, test } from '../fixtures.ts';
import { takePictures } from '../pictures.ts';

test('pictures of the hub', async ({ hub, page, visit }, info) => {
  await visit('/hub/sign-in');
  await takePictures(page, 'sign-in', info);
  await hub.signIn();
  await takePictures(page, 'customer-list', info);
  await page.getByRole('row').filter({ hasText: 'Aurora Dental Group' }).getByRole('link', { name: 'View Templates' }).click();
  await hub.at('Templates of Aurora Dental Group');
  await takePictures(page, 'view-templates', info);
  await page.getByRole('link', { name: 'Legacy onboarding', exact: true }).click();
  await hub.at('Legacy onboarding');
  await takePictures(page, 'template-misconfigured', info);
  await page.goBack();
  await page.getByRole('link', { name: 'Office users', exact: true }).click();
  await hub.at('Office users');
  await takePictures(page, 'template', info);
  await page.getByRole('link', { name: 'Show User Status' }).click();
  await hub.at('User Status');
  await takePictures(page, 'user-status', info);
  const { row } = await hub.firstIn('Error');
  await row.getByRole('button', { name: /^Actions/ }).click();
  await takePictures(page, 'menu', info);
  await expect(page.getByRole('menuitem').first()).toBeVisible();
  await page.keyboard.press('Escape');
  for (const [item, name] of [
    ['Retry Activation', 'retry-activation'],
    ['Delete User', 'delete-user'],
    ['Change Package Type', 'change-package-type'],
  ]) {
    await hub.choose(row, item);
    await takePictures(page, name, info);
    await page.keyboard.press('Escape');
  }
});

test('pictures of the API tokens', async ({ demo, hub, page, visit }, info) => {
  await hub.signIn();
  await visit('/hub/tokens');
  await takePictures(page, 'tokens-none', info);
  await page.getByRole('button', { name: 'Create token' }).click();
  await takePictures(page, 'token-create', info);
  const form = hub.dialog('Create token');
  await form.getByRole('checkbox', { name: 'Change subscribers' }).check();
  await form.getByRole('textbox', { name: 'Name' }).fill('CRM synchronisation of the head office');
  await form.getByRole('button', { name: 'Create token' }).click();
  await expect(hub.dialog('Token created')).toBeVisible();
  await takePictures(page, 'token-created', info);
  await page.keyboard.press('Escape');
  for (const args of [['Nightly import', '--expires', '30'], ['Reports', '--scope', 'spark-admin:broadworks_subscribers_read']]) {
    await demo.command('token', 'add', ...args);
  }
  await demo.command('token', 'add', 'Trial', '--expires', '0');
  const revoked = (await demo.command('token', 'list')).split('\n').find((line) => line.includes('Reports')) ?? '';
  await demo.command('token', 'revoke', revoked.split(' ')[0]);
  await visit('/hub/tokens');
  await takePictures(page, 'tokens', info);
  await page.getByRole('button', { name: 'Revoke CRM' }).click();
  await takePictures(page, 'token-revoke', info);
});
