/** What is used of Vitest, which its users have installed. */
declare module "vitest" {
  interface Context {
    skip(note?: string): void;
  }
  type Register = (
    name: string,
    options: { readonly timeout: number },
    body: (context: Context) => Promise<void>,
  ) => void;

  export const describe: (name: string, body: () => void) => void;
  export const test: Register & { readonly fails: Register };
  export const afterAll: (body: () => Promise<void>) => void;
}
