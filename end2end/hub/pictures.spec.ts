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
