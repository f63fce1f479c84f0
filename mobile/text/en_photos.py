"""English: photos of visits, and what can go wrong with them."""

SENTENCES = {
    "photo.take": "Take or choose photos",
    "photo.preparing": "Preparing the photos…",
    "photo.on_the_form": "Photos {n} / {most}",
    "photo.remove": "Remove photo {n}",
    "photo.open": "Open photo {n} of {of}",
    "photo.open_waiting": "Open photo {n} of {of}, not uploaded yet",
    "photo.title": "Photo {n} / {of}",
    "photo.close": "Close photo",
    "photo.previous": "Previous",
    "photo.next": "Next",
    "photo.waiting": "Not uploaded yet: saved on this device, uploads when connected.",
    "photo.failed_to_send": "Not uploaded: {why}",
    "photo.loading": "Fetching the full picture…",
    "photo.only_thumbnail": "No network: this is the thumbnail. Open it again when connected to see the picture.",
    "photo.not_there_yet": "The full picture is still on the device that took it, and comes when that one is connected.",
    "photo.failed_to_load": "The full picture did not come: {why}",
    "photo.again": "Try again",
    "photo.taken": "{name} · {moment}",
    "photo.waiting_photos": "Photos to upload: {n}. All are saved on this device.",
    "error.photo": "Something about the photo is wrong ({field}), so it was not accepted. Please take it again.",
    "error.photo_unreadable": "This file is not a photo that can be opened, so it was not added. Choose another, or take one.",
    "error.photo_most": "At most {most} photos at a time, the others were not added. Please log them separately.",
    "error.photo_too_large": "The photo is too large for the server. It is kept on this device. "
    "Please tell your administrator.",
    "error.photo_quota": "The company's room for photos is used up. The photo is kept on this device and uploads "
    "when there is room again. Please tell your administrator.",
    "error.photo_damaged": "The photo was damaged on the way and was not used. It is tried again soon.",
    "error.photo_on_its_way": "The photo is still on the device that took it, and comes when that one is connected.",
    "error.upload_offset": "The upload lost its place. The photo is kept on this device and goes on soon.",
    "error.no_such_range": "The server has no such part of the photo. It is tried again soon.",
}
