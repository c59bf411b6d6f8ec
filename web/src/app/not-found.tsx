import Link from "next/link";

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-content-center gap-3 p-6 text-center">
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="text-muted">The address may be old or mistyped.</p>
      <Link href="/" className="font-medium text-accent underline underline-offset-4">
        Go to the overview
      </Link>
    </main>
  );
}
