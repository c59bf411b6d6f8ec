import type { NextConfig } from "next";

/**
 * The app is a set of static files: there is no Node.js behind it in production. Whatever needs a server is asked of
 * the REST API and the live protocol of the same origin.
 */
const config: NextConfig = {
  output: "export",
  trailingSlash: true,
  images: { unoptimized: true },
  reactStrictMode: true,
  poweredByHeader: false,
};

export default config;
