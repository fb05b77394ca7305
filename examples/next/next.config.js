/** @type {import('next').NextConfig} */
export const config = {
  // It has native parts and models beside its code, which a bundler would leave behind.
  serverExternalPackages: ['el4ner'],
};

// biome-ignore lint/style/noDefaultExport: Next.js looks for it
export default config;
