tagline = Tickets people cannot use, bought safely by people who can.
description = Sell tickets you cannot use, and buy tickets safely: every reservation is yours alone, and the price you see is all you pay.
skip = Skip to the content
main-menu = Main menu
nav-market = Market
nav-sell = Sell a ticket
nav-listings = My listings
nav-orders = My orders
sign-in = Sign in
sign-out = Sign out
register = Register
test-mode = Test mode: no real money moves. Pay with a test card such as 4242 4242 4242 4242.
footer = The price you see is the price you pay.
terms = Terms
more-pages = About this site
choose = Choose…
optional = (optional)
load-more = Load more
try-again = Try again
back-to-market = Go to the market
not-found-title = This page does not exist
forbidden-title = This is not yours to change
conflict-title = Not possible now
too-many-title = A little slower, please
unavailable-title = Back in a moment
fault-title = Something went wrong
sign-in-first-title = Sign in first
offline = The server could not be reached. Check your connection and try again.
malformed-request = That request could not be understood. Load the page again and repeat it.
internal = Something went wrong on our side. It has been noted; try again in a moment.
unavailable = This is not available for the moment. Nothing was changed; try again in a minute.
not-found = There is nothing here, or nothing that you can see. It may have been sold or withdrawn.
forbidden = You cannot do this with your account.
unverified = Confirm your e-mail address first: open the link that we mailed to you. On the page of your account you can have it sent again.
unauthenticated = Sign in to go on.
signed-in-now = You are signed in now. Nothing has been saved yet: check this and send it again.
too-large = That is far more than the form takes. Shorten it and send it again.
invalid = Please check the marked fields.
wrong-credentials = This e-mail and password do not belong together.
language = Language
offline-title = You are offline
offline-text = Your browser cannot reach the market. Nothing that you did is lost on our side: a reservation goes on until its time is up. The page comes back by itself when the connection does.

# What was just done.
done-listed = Your ticket is listed.
done-saved = Your changes are saved.
done-deleted = The listing is deleted.
done-decided = Your decision is recorded.
done-reported = Thank you. A moderator will look at it.
done-changed = The account is changed.
done-replayed = The message is on its way again.
done-discarded = The message is gone.
nav-moderation = Moderation

too-often-second = That was too often. Try again in a second.
too-often-seconds = That was too often. Try again in { $seconds } seconds.
too-often-minutes = That was too often. Try again in { $minutes } minutes.

# Prices and times. Names are separated by spaces, and begin with January and Monday.
months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
weekdays = Mon Tue Wed Thu Fri Sat Sun
date = { $day } { $month } { $year }
date-time = { $weekday } { $day } { $month } { $year }, { $time } { $zone }

# What is wrong with a field.
problem-required = Please fill this in.
problem-too-short = Use at least { $min } characters.
problem-too-long = Use at most { $max } characters.
problem-control-characters = This contains characters that cannot be shown. Type it instead of pasting it.
problem-not-an-email = Enter an e-mail address such as name@example.com.
problem-email-taken = There is an account with this e-mail already. Sign in instead.
problem-weak-password = This password is easy to guess. Use several unusual words, and neither your name nor your e-mail.
problem-wrong-code = This is not a code of your account, or it was used before. Wait for the next one.
problem-wrong-password = This is not your password.
problem-not-a-whole-price = Enter the price in digits, such as 45.
problem-not-a-price = Enter the price in digits, such as { $example }, without a sign or thousands separators.
problem-price-too-low = The lowest price is { $min }.
problem-price-too-high = The highest price is { $max }.
problem-price-step = The price must be a multiple of { $step }.
problem-not-a-date = Enter a date and a time.
problem-not-a-day = Enter a date, such as 2026-12-31.
problem-empty-range = This ends before it begins. Change one of the two.
problem-in-the-past = This is in the past. Only tickets for events to come can be sold.
problem-too-far-ahead = This is too far ahead. Check the year.
problem-unknown-zone = Choose a time zone from the list, such as America/Toronto.
problem-no-such-local-time = Clocks go forward at this time, so it does not exist in that time zone. Check the time.
problem-unknown-country = Choose a country from the list.
problem-unknown-region = Choose a state or province of that country from the list.
problem-not-a-postal-code = This is not a postal code of that country. Check it, and the country.
problem-malformed = This value cannot be used. Load the page again.

# Why something cannot be done.
refusal-reserved = Somebody else is buying this ticket right now. If they do not pay, it is back on the market within minutes.
refusal-sold = This ticket is sold. Look for another one on the market.
refusal-not-on-market = This ticket is not on the market now. Look for another one.
refusal-event-began = The event has begun, so this ticket can no longer be bought.
refusal-own-ticket = This is your own ticket, so you cannot order it.
refusal-price-changed = The price is now { $price }. Nothing was reserved; reserve again if you agree to it.
refusal-too-many-holds = { $max ->
    [one] You hold a ticket already. Pay for it or cancel it first, under My orders.
   *[other] You hold { $max } tickets already, which is the most. Pay for one or cancel one first, under My orders.
}
refusal-too-many-keys = { $max ->
    [one] You have a key already. End it first.
   *[other] You have { $max } keys already, which is the most. End one first.
}
refusal-too-many-webhooks = { $max ->
    [one] You have a webhook already. End it first.
   *[other] You have { $max } webhooks already, which is the most. End one first.
}
refusal-events-forgotten = Some of the events that follow are not kept any more. Begin anew with the oldest that are.
refusal-cooling-down = You let this ticket go moments ago, so others have a chance first. Try again in a minute.
refusal-account-gone = This account is deleted.
refusal-too-late = That took too long, so nothing was changed. Begin again.
refusal-stale-edit = This listing was changed since you opened it. The newer values are shown at their fields; save again to replace them.
refusal-held-or-sold = Somebody is buying this ticket or has bought it, so it cannot be changed now.
refusal-listing-closed = This listing is closed and cannot be changed any more. Create a new one instead.
refusal-hold-ended = Your reservation has ended and nothing was charged. Look whether the ticket is still on the market.
refusal-being-paid = This order is being paid right now, so it cannot be cancelled. Wait a moment.
refusal-already-paid = This order is paid already.
refusal-order-cancelled = This order was cancelled and nothing was charged.
refusal-not-paid = This order is not paid, so there is nothing to refund.
refusal-being-refunded = The refund of this order is under way. Banks take up to ten days.
refusal-already-refunded = This order was refunded already.
refusal-disputed = This payment is disputed with the bank, so it cannot be refunded here.
refusal-refund-too-late = It is too late for a refund: the event has begun, or the time for refunds is over.
refusal-link-gone = This link is no longer valid: it was used, it is too old, or your account has changed since. Ask for a new one.
refusal-sign-in-again = You signed in a while ago. Sign out and in again, and repeat this.
refusal-still-party = An order of yours is not over: one that is reserved, being refunded or disputed, or whose event is still to come. Delete your account after that.
refusal-identity-taken = Another account here has that way to sign in already.
refusal-last-way-in = It is the only way to sign in to your account. Set a password first.
refusal-unverified-identity = You have not confirmed your e-mail address there. Confirm it there, or create an account with your e-mail and a password.
refusal-provider-refused = Signing in there did not work, or took too long. Try again.
refusal-verified-already = Your e-mail address is confirmed already.
refusal-case-decided = Somebody else has decided this case. Load the page again.
refusal-seller-suspended = The seller is suspended, so the listing stays off the market.
refusal-own-account = This is your own account. Another administrator can change it.
refusal-reported-already = You have reported this listing. A moderator looks at it.
refusal-no-such-step = That is not possible any more. Load the page again to see where it stands.
refusal-not-the-holder = This order no longer holds the ticket. Load the page again.
