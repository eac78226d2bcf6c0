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

test('pictures of users', async ({ hub, page }, info) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  for (const [status, name] of [
    ['Error', 'user-error'],
    ['Provisioning', 'user-delayed'],
    ['Email verification pending', 'user-unproven'],
  ]) {
    const { row, id } = await hub.firstIn(status);
    await row.getByRole('link', { name: id }).click();
    await hub.at(id);
    await takePictures(page, name, info);
    await page.goBack();
    await hub.at('User Status');
  }
});

test('pictures of the API tokens', async ({ demo, hub, page, visit }, info) => {
  await hub.signIn();
  await visit('/hub/tokens');
  await takePictures(page, 'tokens-none', info);
  await page.getByRole('button', { name: 'Create token' }).click();
  await takePictures(page, 'token-create', info);
  const form = hub.dialog('Create token');
  await form.getByRole('checkbox', { name: 'Change users' }).check();
  await form.getByRole('textbox', { name: 'Name' }).fill('CRM synchronisation of the head office');
  await form.getByRole('button', { name: 'Create token' }).click();
  await expect(hub.dialog('Token created')).toBeVisible();
  await takePictures(page, 'token-created', info);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  const scope = ['--scope', 'spark-admin:broadworks_subscribers_read'];
  for (const args of [['Nightly import', '--expires', '30'], ['Reports', ...scope], ['Trial', '--expires', '1']]) {
    await demo.command('token', 'add', ...args);
  }
  const revoked = (await demo.command('token', 'list')).split('\n').find((line) => line.includes('Reports')) ?? '';
  await demo.command('token', 'revoke', revoked.split(' ')[0]);
  await visit('/hub/tokens');
  await takePictures(page, 'tokens', info);
  await page.getByRole('button', { name: 'Revoke CRM' }).click();
  await takePictures(page, 'token-revoke', info);
});

test('pictures of the account', async ({ hub, page, visit }, info) => {
  await hub.signIn();
  await visit('/hub/account');
  await takePictures(page, 'account', info);
  await page.getByLabel('Current password', { exact: true }).fill('not the password');
  await page.getByLabel('New password', { exact: true }).fill('passwordpassword');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await takePictures(page, 'account-refused', info);
});

test('pictures of the import', async ({ hub, page }, info) => {
  await hub.signIn();
  await hub.openUserStatus('Aurora Dental Group', 'Office users');
  await page.getByRole('link', { name: 'Import', exact: true }).click();
  await hub.at('Import users');
  await takePictures(page, 'import', info);
  const header = 'BroadWorks ID,First Name,Last Name,Enterprise ID,Email,Package';
  const good = Array.from({ length: 40 }, (_, n) => `import${n}@aurora.example,Ann,Lee,Northwind+aurora,,`);
  const bad = ['import41@aurora.example,,Lee,Northwind+aurora,ann@,', 'import42@aurora.example,Bob,Lee,Northwind+aurora,,gold'];
  const choose = async (rows: string[]) => {
    const buffer = Buffer.from(rows.join('\n'));
    await page.getByLabel('CSV file').setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer });
  };
  await choose(['one,cell']);
  await expect(page.getByRole('alert')).toBeVisible();
  await takePictures(page, 'import-failed', info);
  await choose([header, ...good]);
  await expect(page.getByRole('button', { name: 'Import 40 users' })).toBeVisible();
  await takePictures(page, 'import-checked', info);
  await choose([header, ...good, ...bad]);
  await expect(page.getByRole('table', { name: 'Refused rows' })).toBeVisible();
  await takePictures(page, 'import-refused', info);
  await page.getByRole('button', { name: 'Import 40 users' }).click();
  await expect(page.getByRole('heading', { name: '40 users imported' })).toBeVisible();
  await takePictures(page, 'import-done', info);
});
