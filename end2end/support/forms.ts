import { expect, type Locator, type Page } from "@playwright/test";

/** The form field with a label that begins so; a remark such as "(optional)" may follow. */
export function field(page: Page, label: string): Locator {
  return page.getByRole("main").getByLabel(new RegExp(`^${label}\\b`));
}

/** Presses a form's button without the browser's own checks, so that the server's answer shows. */
export async function submitUnchecked(page: Page, button: string) {
  const submit = page.getByRole("main").getByRole("button", { name: button });
  await submit.evaluate((element) => {
    const form = (element as HTMLButtonElement).form;
    if (form) form.noValidate = true;
  });
  await submit.click();
}

/** The field is marked as wrong and says why. */
export async function expectError(input: Locator, message: RegExp = /\S/) {
  await expect(input).toHaveAttribute("aria-invalid", "true");
  await expect(input).toHaveAccessibleDescription(message);
}
