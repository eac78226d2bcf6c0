import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

/** The dark theme is the light one in other colours. */
const RULES = {
  light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  dark: { type: 'rule', values: ['color-contrast'] },
} as const;

/** No rule of accessibility is broken on this page, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  if (test.info().project.use.javaScriptEnabled !== false) return expectRulesKept(page);
  const copy = await withoutScripts(page);
  await expectRulesKept(copy);
  await copy.context().close();
}

async function expectRulesKept(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const runOnly = { ...RULES[colorScheme], values: [...RULES[colorScheme].values] };
    // What is fine is counted and not described. Without frames of other origins nothing needs a second page to be summed up in.
    const axe = new AxeBuilder({ page }).options({ runOnly, resultTypes: ['violations'] }).setLegacyMode(true);
    const { violations } = await axe.analyze();
    const told = violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map((node) => [node.html, node.failureSummary]) }));
    expect(told, `axe in ${colorScheme} on ${page.url()}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Axe needs timers, which stand still where JavaScript is off: it looks at a copy of the page that has no script. */
async function withoutScripts(page: Page): Promise<Page> {
  const context = await page.context().browser()!.newContext({ javaScriptEnabled: true, viewport: page.viewportSize() });
  const copy = await context.newPage();
  const body = (await page.content())
    .replace(/<script\b.*?<\/script>/gs, '')
    .replace(/<noscript>.*?<\/noscript>/gs, '')
    .replace(/<link\b[^>]*rel="(?:module)?preload"[^>]*>/g, '');
  await copy.route(page.url(), (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body }));
  await copy.goto(page.url());
  return copy;
}
