/** Pictures of a page, to be looked at: narrow and wide, light and dark, in end2end/screenshots. */
import { expect, type Page, type TestInfo } from '@playwright/test';

/** Takes the pictures. At no width, not even at 320 px (WCAG 1.4.10), may the page scroll sideways. */
export async function takePictures(page: Page, name: string, { project }: TestInfo): Promise<void> {
  for (const width of [320, 360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    // A page that renews itself cannot be asked for a moment.
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth).catch(() => Infinity);
    await expect.poll(overflow, `${name} at ${width} px`).toBeLessThanOrEqual(0);
    if (width === 320) continue;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const path = `screenshots/${project.name}/${name}-${width}-${colorScheme}.png`;
      await page.screenshot({ path, fullPage: width === 360 });
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
