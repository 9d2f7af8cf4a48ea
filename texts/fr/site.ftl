tagline = Les billets que l’on ne peut pas utiliser, achetés en toute sécurité par ceux qui le peuvent.
description = Vendez les billets que vous ne pouvez pas utiliser et achetez en toute sécurité : chaque réservation est à vous seul, et le prix affiché est tout ce que vous payez.
skip = Aller au contenu
main-menu = Menu principal
nav-market = Marché
nav-sell = Vendre un billet
nav-listings = Mes annonces
nav-orders = Mes commandes
sign-in = Se connecter
sign-out = Se déconnecter
register = S’inscrire
test-mode = Mode test : aucun argent réel ne circule. Payez avec une carte de test comme 4242 4242 4242 4242.
footer = Le prix affiché est le prix que vous payez.
terms = Conditions
more-pages = À propos de ce site
choose = Choisissez…
optional = (facultatif)
load-more = En voir plus
try-again = Réessayer
back-to-market = Aller au marché
not-found-title = Cette page n’existe pas
forbidden-title = Ce n’est pas à vous de changer cela
conflict-title = Pas possible maintenant
too-many-title = Un peu plus lentement, s’il vous plaît
unavailable-title = De retour dans un instant
fault-title = Quelque chose s’est mal passé
sign-in-first-title = Connectez-vous d’abord
offline = Le serveur n’a pas pu être joint. Vérifiez votre connexion et réessayez.
malformed-request = Cette demande n’a pas pu être comprise. Rechargez la page et recommencez.
internal = Quelque chose s’est mal passé de notre côté. C’est noté ; réessayez dans un instant.
unavailable = Ce n’est pas disponible pour le moment. Rien n’a été changé ; réessayez dans une minute.
not-found = Il n’y a rien ici, ou rien que vous puissiez voir. C’est peut-être vendu ou retiré.
forbidden = Votre compte ne vous permet pas de faire cela.
unverified = Confirmez d’abord votre adresse e-mail : ouvrez le lien que nous vous avons envoyé. Sur la page de votre compte, vous pouvez le faire renvoyer.
unauthenticated = Connectez-vous pour continuer.
signed-in-now = Vous êtes maintenant connecté. Rien n’est encore enregistré : vérifiez ceci et envoyez-le à nouveau.
too-large = C’est bien plus que ce que le formulaire accepte. Raccourcissez et envoyez à nouveau.
invalid = Vérifiez les champs marqués, s’il vous plaît.
wrong-credentials = Cet e-mail et ce mot de passe ne vont pas ensemble.
language = Langue
offline-title = Vous êtes hors ligne
offline-text = Votre navigateur ne peut pas joindre le marché. Rien de ce que vous avez fait n’est perdu de notre côté : une réservation court jusqu’à la fin de son temps. La page revient d’elle-même avec la connexion.

# What was just done.
done-listed = Votre billet est en vente.
done-saved = Vos changements sont enregistrés.
done-deleted = L’annonce est supprimée.
done-decided = Votre décision est enregistrée.
done-reported = Merci. Un modérateur va l’examiner.
done-changed = Le compte est modifié.
done-replayed = Le message est reparti.
done-discarded = Le message est jeté.
nav-moderation = Modération

too-often-second = C’était trop souvent. Réessayez dans une seconde.
too-often-seconds = C’était trop souvent. Réessayez dans { $seconds } secondes.
too-often-minutes = C’était trop souvent. Réessayez dans { $minutes } minutes.

# Prices and times. Names are separated by spaces, and begin with January and Monday.
months = janv. févr. mars avr. mai juin juill. août sept. oct. nov. déc.
weekdays = lun. mar. mer. jeu. ven. sam. dim.
date = { $day } { $month } { $year }
date-time = { $weekday } { $day } { $month } { $year }, { $time } { $zone }

# What is wrong with a field.
problem-required = Remplissez ce champ, s’il vous plaît.
problem-too-short = Utilisez au moins { $min } caractères.
problem-too-long = Utilisez au plus { $max } caractères.
problem-control-characters = Ce texte contient des caractères qui ne peuvent pas être affichés. Saisissez-le au lieu de le coller.
problem-not-an-email = Saisissez une adresse e-mail comme nom@exemple.com.
problem-email-taken = Il y a déjà un compte avec cet e-mail. Connectez-vous plutôt.
problem-weak-password = Ce mot de passe est facile à deviner. Utilisez plusieurs mots inhabituels, et ni votre nom ni votre e-mail.
problem-wrong-code = Ce n’est pas un code de votre compte, ou il a déjà servi. Attendez le suivant.
problem-wrong-password = Ce n’est pas votre mot de passe.
problem-not-a-whole-price = Saisissez le prix en chiffres, par exemple 45.
problem-not-a-price = Saisissez le prix en chiffres, par exemple { $example }, sans signe ni séparateur de milliers.
problem-price-too-low = Le prix le plus bas est { $min }.
problem-price-too-high = Le prix le plus haut est { $max }.
problem-price-step = Le prix doit être un multiple de { $step }.
problem-not-a-date = Saisissez une date et une heure.
problem-not-a-day = Saisissez une date, par exemple 2026-12-31.
problem-empty-range = La fin précède le début. Changez l’un des deux.
problem-in-the-past = C’est dans le passé. Seuls les billets d’événements à venir peuvent être vendus.
problem-too-far-ahead = C’est trop loin dans l’avenir. Vérifiez l’année.
problem-unknown-zone = Choisissez un fuseau horaire dans la liste, par exemple America/Toronto.
problem-no-such-local-time = Les horloges avancent à ce moment-là : cette heure n’existe pas dans ce fuseau horaire. Vérifiez l’heure.
problem-unknown-country = Choisissez un pays dans la liste.
problem-unknown-region = Choisissez dans la liste un État ou une province de ce pays.
problem-not-a-postal-code = Ce n’est pas un code postal de ce pays. Vérifiez-le, ainsi que le pays.
problem-malformed = Cette valeur ne peut pas être utilisée. Rechargez la page.

# Why something cannot be done.
refusal-reserved = Quelqu’un d’autre est en train d’acheter ce billet. S’il ne paie pas, le billet est de retour sur le marché en quelques minutes.
refusal-sold = Ce billet est vendu. Cherchez-en un autre sur le marché.
refusal-not-on-market = Ce billet n’est pas sur le marché en ce moment. Cherchez-en un autre.
refusal-event-began = L’événement a commencé : ce billet ne peut plus être acheté.
refusal-own-ticket = C’est votre propre billet : vous ne pouvez pas le commander.
refusal-price-changed = Le prix est maintenant { $price }. Rien n’a été réservé ; réservez à nouveau s’il vous convient.
refusal-too-many-holds = { $max ->
    [one] Vous avez déjà un billet réservé. Payez-le ou annulez-le d’abord, sous Mes commandes.
   *[other] Vous avez déjà { $max } billets réservés, ce qui est le maximum. Payez-en ou annulez-en un d’abord, sous Mes commandes.
}
refusal-too-many-keys = { $max ->
    [one] Vous avez déjà une clé. Révoquez-la d’abord.
   *[other] Vous avez déjà { $max } clés, ce qui est le maximum. Révoquez-en une d’abord.
}
refusal-too-many-webhooks = { $max ->
    [one] Vous avez déjà un webhook. Supprimez-le d’abord.
   *[other] Vous avez déjà { $max } webhooks, ce qui est le maximum. Supprimez-en un d’abord.
}
refusal-events-forgotten = Certains des événements qui suivent ne sont plus conservés. Recommencez par les plus anciens qui le sont.
refusal-cooling-down = Vous avez laissé ce billet il y a un instant : aux autres d’abord. Réessayez dans une minute.
refusal-account-gone = Ce compte est supprimé.
refusal-too-late = Cela a pris trop de temps et rien n’a été changé. Recommencez.
refusal-stale-edit = Cette annonce a changé depuis que vous l’avez ouverte. Les valeurs plus récentes sont affichées à leurs champs ; enregistrez à nouveau pour les remplacer.
refusal-held-or-sold = Quelqu’un est en train d’acheter ce billet ou l’a acheté : il ne peut pas être modifié maintenant.
refusal-listing-closed = Cette annonce est close et ne peut plus être modifiée. Créez-en plutôt une nouvelle.
refusal-hold-ended = Votre réservation a pris fin et rien n’a été débité. Regardez si le billet est encore sur le marché.
refusal-being-paid = Cette commande est en train d’être payée et ne peut pas être annulée. Attendez un instant.
refusal-already-paid = Cette commande est déjà payée.
refusal-order-cancelled = Cette commande a été annulée et rien n’a été débité.
refusal-not-paid = Cette commande n’est pas payée : il n’y a rien à rembourser.
refusal-being-refunded = Le remboursement de cette commande est en cours. Les banques mettent jusqu’à dix jours.
refusal-already-refunded = Cette commande a déjà été remboursée.
refusal-disputed = Ce paiement est contesté auprès de la banque et ne peut pas être remboursé ici.
refusal-refund-too-late = Il est trop tard pour un remboursement : l’événement a commencé, ou le délai est passé.
refusal-link-gone = Ce lien n’est plus valable : il a servi, il est trop ancien, ou votre compte a changé depuis. Demandez-en un nouveau.
refusal-sign-in-again = Votre connexion date d’un moment. Déconnectez-vous, reconnectez-vous et recommencez.
refusal-still-party = Une de vos commandes n’est pas terminée : elle est réservée, en remboursement ou contestée, ou son événement est encore à venir. Supprimez votre compte après cela.
refusal-identity-taken = Un autre compte ici a déjà ce moyen de connexion.
refusal-last-way-in = C’est le seul moyen de vous connecter à votre compte. Choisissez d’abord un mot de passe.
refusal-unverified-identity = Vous n’y avez pas confirmé votre adresse e-mail. Confirmez-la là-bas, ou créez un compte avec votre e-mail et un mot de passe.
refusal-provider-refused = La connexion là-bas n’a pas fonctionné, ou a pris trop de temps. Réessayez.
refusal-verified-already = Votre adresse e-mail est déjà confirmée.
refusal-case-decided = Quelqu’un d’autre a tranché ce cas. Rechargez la page.
refusal-seller-suspended = Le vendeur est suspendu, l’annonce reste donc hors du marché.
refusal-own-account = C’est votre propre compte. Un autre administrateur peut le modifier.
refusal-reported-already = Vous avez déjà signalé cette annonce. Un modérateur va l’examiner.
refusal-no-such-step = Ce n’est plus possible. Rechargez la page pour voir où cela en est.
refusal-not-the-holder = Cette commande ne détient plus le billet. Rechargez la page.
