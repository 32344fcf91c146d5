"""What people do about their accounts: sign up, sign in, sign out, change what is theirs."""
