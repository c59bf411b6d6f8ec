/** Why a form was refused, in words that help. */
import { CircleAlert } from "lucide-react";
import { RequestId } from "@/components/notice";
import { ApiError } from "@/lib/api/problem";

const SENTENCES: Record<string, string> = {
  wrong_credentials: "That e-mail address and password do not belong together. Check both and try again.",
  wrong_setup_token: "That is not the set-up token. It was printed when the server first started.",
  setup_done: "This installation has an administrator already. Reload the page to sign in.",
};

export function FormError({ error }: { error: Error | null }) {
  if (!error) return null;
  const known = error instanceof ApiError ? SENTENCES[error.code] : undefined;
  return (
    <div role="alert" className="grid gap-1 rounded-md border border-line bg-raised p-3 text-sm">
      <p className="flex gap-2">
        <CircleAlert size="1rem" className="mt-px shrink-0 text-bad" aria-hidden />
        <span>{known ?? sentenceOf(error)}</span>
      </p>
      {!known && error instanceof ApiError && error.request_id && <RequestId id={error.request_id} />}
    </div>
  );
}

function sentenceOf(error: Error): string {
  if (!(error instanceof ApiError) || error.status !== 429) return error.message;
  const wait_s = error.retry_after_s;
  return wait_s === undefined
    ? "Too many attempts. Wait a while and try again."
    : `Too many attempts. Try again in ${wait_s} seconds.`;
}
