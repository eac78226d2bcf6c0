import { expectAccessible } from '../accessible.ts';
import { expect, test } from '../fixtures.ts';


test('the address asks for a language, the cookie keeps it', async ({ demo, page, visit }) => {
  await visit(`${demo.path('share link')}?lang=it`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  await visit(demo.path('share link'));
  await expect(page.locator('html')).toHaveAttribute('lang', 'it');
  await expectAccessible(page);
});

test('the switcher changes it in place', async ({ demo, page, portal, visit }) => {
  await visit(demo.path('share link'));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Activate your account');
  await portal.speak('Български');
  await expect(page.locator('html')).toHaveAttribute('lang', 'bg');
  await expect(portal.language).toHaveText('Български');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/[а-я]/);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'bg');
  await expectAccessible(page);
});

test.describe('Accept-Language', () => {
  test.use({ locale: 'bg-BG' });

  test('is followed when nothing else was chosen', async ({ demo, page, visit }) => {
    await visit(demo.path('share link'));
    await expect(page.locator('html')).toHaveAttribute('lang', 'bg');
  });
});

for (const [wanted, spoken, direction] of [
  ['pt-PT', 'pt-PT', 'ltr'],
  ['pt', 'pt-BR', 'ltr'],
  ['zh-TW', 'zh-Hant', 'ltr'],
  ['no', 'nb', 'ltr'],
  ['he-IL', 'he', 'rtl'],
]) {
  test.describe(`Accept-Language: ${wanted}`, () => {
    test.use({ locale: wanted });

    test('is served by the nearest', async ({ demo, page, visit }) => {
      await visit(demo.path('share link'));
      await expect(page.locator('html')).toHaveAttribute('lang', spoken);
      await expect(page.locator('html')).toHaveAttribute('dir', direction);
      await expect(page.locator('html')).toHaveCSS('direction', direction);
    });
  });
}

test.describe('a language that is not there', () => {
  test.use({ locale: 'et-EE' });

  test('falls back to English', async ({ demo, page, visit }) => {
    await visit(demo.path('share link'));
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});

test('what was wrong is said in another language, too, and once', async ({ demo, page, portal, visit }) => {
  await portal.open(demo.path('share link'));
  await portal.signIn('nobody@sp.example', 'wrong');
  await expect(portal.problem).toContainText('The user ID or the password is not right.');
  for (const [name, language] of [['Italiano', 'it'], ['Български', 'bg']] as const) {
    await portal.speak(name);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await expect(portal.problem).toContainText('43001');
    await expect(portal.problem).not.toContainText('The user ID');
  }
  await visit(demo.path('share link'));
  await expect(portal.problem).toHaveCount(0);
});

test('an address that no page can have shows a page all the same', async ({ page, visit }) => {
  await visit('/activate/%00');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Language' })).toBeVisible();
});
