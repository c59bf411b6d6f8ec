"use client";
/** Ends the session here and at the server, and forgets what was shown in it. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { signOut } from "@/lib/api/session";
import { SESSION_KEY } from "./session-gate";

export function useSignOut() {
  const router = useRouter();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queries.clear();
      queries.setQueryData(SESSION_KEY, null);
      router.replace("/sign-in/");
    },
  });
}
