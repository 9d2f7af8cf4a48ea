market-title = A fair market for tickets people cannot use
market-intro = Reserve a ticket and it is yours alone while you pay. The price you see is all you pay.
market = Market
search-label = Search tickets
search-placeholder = Artist, event or venue
search = Search
show-all = Show all tickets
filters = Filters and order
date-from = Event from
date-to = Event until
sort = Order
chips = Active filters
remove-chip = Remove filter:
nothing-found = No ticket on the market matches all of that.
empty-market = There are no tickets on the market yet.
empty-market-hint = Be the first to offer one.
no-result-hint = Every word must occur in the title, the venue or the description. Use fewer words, a wider range of prices or other dates; new listings that match are announced here.
yours = Yours
no-date = Date not given
agree = Go on with the new price
price-note = This is what is charged. Nothing is added.
sold-by = Sold by
about = About this ticket
handover = How you get it
handover-own = What the buyer will read
reserve = Reserve
reserve-note = It is held for you alone while you pay. You can cancel until then.
sign-in-to-reserve = Sign in to reserve this ticket
being-bought = Somebody is buying this right now. If they do not pay, it is back on the market within minutes.
your-order = Go to your order
you-have-it = You have an order for this ticket.
being-looked-at = A moderator looks at your listing before it goes on the market.
was-rejected = Your listing was not accepted. Edit it, and it is looked at again.
was-removed = A moderator has removed your listing.
being-checked = Your listing is being checked, which usually takes a second. Then it is on the market.
edit = Edit
delete = Delete
new-title = Sell a ticket
new-intro = Describe the ticket as you would like to read it. You can edit it until somebody reserves it.
edit-title = Edit your listing
title = Title
title-hint = 3 to 80 characters. People search for its words.
description = Description
description-hint = Section, row, seat, age limits: whatever a buyer should know.
venue = Venue
starts = Starts
starts-hint = By the clock at the venue. The listing ends when the event begins.
zone = Time zone
zone-hint = Of the venue, such as America/Toronto.
handover-note = Handover note
handover-note-hint = How the buyer gets the ticket. Only you and the person who has paid can read it.
relist = Put the ticket back on the market if the buyer is refunded
publish = Publish listing
save = Save changes
keep = Keep it as it is
start-again = Start again from the newer values
delete-title = Delete this listing?
delete-note = It disappears from the market. This cannot be undone.
delete-listing = Delete listing
listings-title = My listings
no-listings = You have not listed a ticket yet.
sell-first = Sell your first ticket
see-order = Order
payouts = Amounts owed to you are paid out outside this site for now.
price = Price
price-hint = In { $currency }. The buyer is charged exactly this.
price-from = Price from ({ $currency })
price-to = Price up to ({ $currency })
heading-all = Tickets on the market
heading-filtered = Tickets that match
count = { $count ->
    [one] { $count } ticket
   *[other] { $count } tickets
}
count-more = 1,000+ tickets
arrived = { $count ->
    [one] { $count } new listing
   *[other] { $count } new listings
}
price-changed = The seller changed the price from { $before } to { $now } while you were looking.
now-saved = Now saved: { $value }
now-saved-nothing = Now saved: nothing
use-stored = Use this
owed = { $amount } is owed to you

# Active filters.
chip-price-from = from { $value }
chip-price-to = up to { $value }
chip-from = on or after { $value }
chip-to = on or before { $value }
chip-words = “{ $value }”

# Orders of the market.
sort-newest = Newest first
sort-oldest = Oldest first
sort-cheapest = Cheapest first
sort-dearest = Dearest first
sort-soonest = Soonest event first
sort-latest = Latest event first
sort-title-up = Title A to Z
sort-title-down = Title Z to A

# Where the ticket of a card stands.
card-reserved = Reserved
card-sold = Sold
card-gone = No longer offered

# Where a listing stands.
status-pending = Being checked
status-available = On the market
status-rejected = Not accepted
status-reserved = Reserved
status-sold = Sold
status-ended = Event has begun
status-removed = Removed
status-deleted = Deleted

# Why nobody can reserve a ticket.
closed-rejected = This listing was not accepted. Its seller can edit it.
closed-sold = This ticket is sold.
closed-ended = The event has begun, so this ticket can no longer be bought.
closed-removed = This listing was removed by a moderator.
closed-deleted = This listing was deleted by its seller.
about-seller = About { $name }
seller-since = Member since
seller-sales = Tickets sold
seller-refunds = Of these, refunded
seller-note = Tickets that were paid for here, and how often the money went back.
