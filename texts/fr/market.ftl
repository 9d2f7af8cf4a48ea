market-title = Un marché équitable pour les billets que l’on ne peut pas utiliser
market-intro = Réservez un billet : il est à vous seul pendant que vous payez. Le prix affiché est tout ce que vous payez.
market = Marché
search-label = Chercher des billets
search-placeholder = Artiste, événement ou lieu
search = Chercher
show-all = Voir tous les billets
filters = Filtres et ordre
date-from = Événement à partir du
date-to = Événement jusqu’au
sort = Ordre
chips = Filtres actifs
remove-chip = Retirer le filtre :
nothing-found = Aucun billet sur le marché ne correspond à tout cela.
empty-market = Il n’y a pas encore de billets sur le marché.
empty-market-hint = Soyez le premier à en proposer un.
no-result-hint = Chaque mot doit figurer dans le titre, le lieu ou la description. Utilisez moins de mots, une fourchette de prix plus large ou d’autres dates ; les nouvelles annonces qui correspondent sont signalées ici.
yours = À vous
no-date = Date non indiquée
agree = Continuer avec le nouveau prix
price-note = C’est ce qui est débité. Rien ne s’y ajoute.
sold-by = Vendu par
about = À propos de ce billet
handover = Comment vous le recevez
handover-own = Ce que l’acheteur lira
reserve = Réserver
reserve-note = Il est gardé pour vous seul pendant que vous payez. Vous pouvez annuler jusque-là.
sign-in-to-reserve = Se connecter pour réserver ce billet
being-bought = Quelqu’un est en train de l’acheter. S’il ne paie pas, le billet est de retour sur le marché en quelques minutes.
your-order = Voir votre commande
you-have-it = Vous avez une commande pour ce billet.
being-looked-at = Un modérateur examine votre annonce avant qu’elle soit mise sur le marché.
was-rejected = Votre annonce n’a pas été acceptée. Modifiez-la et elle sera examinée de nouveau.
was-removed = Un modérateur a retiré votre annonce.
being-checked = Votre annonce est en cours de vérification, ce qui prend d’ordinaire une seconde. Elle sera ensuite sur le marché.
edit = Modifier
delete = Supprimer
new-title = Vendre un billet
new-intro = Décrivez le billet comme vous aimeriez le lire. Vous pouvez le modifier jusqu’à ce que quelqu’un le réserve.
edit-title = Modifier votre annonce
title = Titre
title-hint = De 3 à 80 caractères. C’est dans ses mots que l’on cherche.
description = Description
description-hint = Section, rangée, siège, âge minimal : tout ce qu’un acheteur doit savoir.
venue = Lieu
starts = Début
starts-hint = À l’heure du lieu. L’annonce prend fin quand l’événement commence.
zone = Fuseau horaire
zone-hint = Celui du lieu, par exemple America/Toronto.
handover-note = Note de remise
handover-note-hint = Comment l’acheteur reçoit le billet. Seuls vous et la personne qui a payé peuvent la lire.
relist = Remettre le billet sur le marché si l’acheteur est remboursé
publish = Publier l’annonce
save = Enregistrer
keep = Laisser tel quel
start-again = Repartir des valeurs plus récentes
delete-title = Supprimer cette annonce ?
delete-note = Elle disparaît du marché. C’est définitif.
delete-listing = Supprimer l’annonce
listings-title = Mes annonces
no-listings = Vous n’avez pas encore proposé de billet.
sell-first = Vendre votre premier billet
see-order = Commande
payouts = Pour l’instant, les sommes qui vous sont dues sont versées en dehors de ce site.
price = Prix
price-hint = En { $currency }. L’acheteur paie exactement cela.
price-from = Prix à partir de ({ $currency })
price-to = Prix jusqu’à ({ $currency })
heading-all = Billets sur le marché
heading-filtered = Billets qui correspondent
count = { $count ->
    [one] { $count } billet
   *[other] { $count } billets
}
count-more = Plus de 1 000 billets
arrived = { $count ->
    [one] { $count } nouvelle annonce
   *[other] { $count } nouvelles annonces
}
price-changed = Le vendeur a changé le prix de { $before } à { $now } pendant que vous regardiez.
now-saved = Enregistré maintenant : { $value }
now-saved-nothing = Enregistré maintenant : rien
use-stored = Prendre cette valeur
owed = { $amount } vous sont dus

# Active filters.
chip-price-from = à partir de { $value }
chip-price-to = jusqu’à { $value }
chip-from = le { $value } ou après
chip-to = le { $value } ou avant
chip-words = « { $value } »

# Orders of the market.
sort-newest = Plus récents d’abord
sort-oldest = Plus anciens d’abord
sort-cheapest = Moins chers d’abord
sort-dearest = Plus chers d’abord
sort-soonest = Prochain événement d’abord
sort-latest = Dernier événement d’abord
sort-title-up = Titre de A à Z
sort-title-down = Titre de Z à A

# Where the ticket of a card stands.
card-reserved = Réservé
card-sold = Vendu
card-gone = Plus proposé

# Where a listing stands.
status-pending = En vérification
status-available = Sur le marché
status-rejected = Non acceptée
status-reserved = Réservé
status-sold = Vendu
status-ended = Événement commencé
status-removed = Retirée
status-deleted = Supprimée

# Why nobody can reserve a ticket.
closed-rejected = Cette annonce n’a pas été acceptée. Son vendeur peut la modifier.
closed-sold = Ce billet est vendu.
closed-ended = L’événement a commencé : ce billet ne peut plus être acheté.
closed-removed = Cette annonce a été retirée par un modérateur.
closed-deleted = Cette annonce a été supprimée par son vendeur.
about-seller = À propos de { $name }
seller-since = Membre depuis
seller-sales = Billets vendus
seller-refunds = Dont remboursés
seller-note = Les billets payés ici, et combien de fois l’argent est revenu.
