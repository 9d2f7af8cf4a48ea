import { expect, type Page } from "@playwright/test";

/** The link in the newest mail to `email` with this subject, once it is there. */
export async function mailedLink(page: Page, email: string, subject: string): Promise<string> {
  let link: string | undefined;
  await expect(async () => {
    const mails = await (await page.request.get("/dev/mail")).text();
    const found = [...mails.matchAll(/<li><a href="([^"]+)">([^<]+)<\/a> to ([^<\s]+)/g)].find(
      ([, , title, to]) => title === subject && to === email,
    );
    expect(found, `"${subject}" to ${email}`).toBeTruthy();
    const mail = await (await page.request.get(found![1])).text();
    link = mail.match(/<li><a href="([^"]{60,})"/)?.[1];
    expect(link).toBeTruthy();
  }).toPass();
  return link!;
}
